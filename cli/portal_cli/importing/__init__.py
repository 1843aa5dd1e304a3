"""`portal import`: claims of X12 837 files and of Synthea as commands to the running services."""

from portal_cli.importing.command import app

__all__ = ["app"]
