"""`portal bench`: ours beside the usual way and the bare limit, in one run on one machine."""

from portal_cli.bench.command import app

__all__ = ["app"]
