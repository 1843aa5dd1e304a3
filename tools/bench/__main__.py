"""`python -m tools.bench`."""

from tools.bench.command import app

app(prog_name="python -m tools.bench")
