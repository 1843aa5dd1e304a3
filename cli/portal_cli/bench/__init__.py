"""`portal bench`: what this machine does, ours beside the usual way and the bare limit, in one run."""

from portal_cli.bench.command import app

__all__ = ["app"]
