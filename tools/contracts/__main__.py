"""`python -m tools.contracts`."""

from tools.contracts.command import app

app(prog_name="python -m tools.contracts")
