"""`portal demo` and the demo data of `make run`: synthetic people, real messages."""

from portal_cli.demo.command import app
from portal_cli.demo.load import load_demo_data

__all__ = ["app", "load_demo_data"]
