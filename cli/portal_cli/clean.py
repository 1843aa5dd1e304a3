"""`portal clean-data`: forget everything `make run` stored, natively or in containers.

It does not touch the stack of `make up`: there, use `docker compose down --volumes`.
"""

from __future__ import annotations

import shutil

import typer

from portal_cli import running
from portal_cli.infra import account, docker
from portal_cli.infra.base import InfraError, data_dir
from portal_cli.show import console
from portal_cli.stack import give_up

app = typer.Typer()


@app.command()
def clean_data() -> None:
    """Remove the local stack's messages, databases, documents and keys."""
    data = data_dir()
    if data.exists():
        try:
            with running.told(data / running.STACK):
                shutil.rmtree(data)
        except running.Taken:
            give_up(f"`portal up` runs with {data}: stop it first (Ctrl-C)")
    # Where PostgreSQL's files are when its account cannot reach the data directory.
    shutil.rmtree(account.stand_in(data / "postgres"), ignore_errors=True)
    try:
        docker.remove_data(data)
    except InfraError as problem:
        give_up(str(problem))
    console.print(f"[green]✓[/] {data} is empty")
