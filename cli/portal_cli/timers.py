"""`portal timers`: what is due, and when."""

from __future__ import annotations

from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from portal_cli.dlq import with_database
from portal_contracts.topics import SERVICES

app = typer.Typer(help=__doc__)
console = Console()


@app.callback(invoke_without_command=True)
def timers(
    limit: Annotated[int, typer.Option(help="Most timers shown per service")] = 20,
) -> None:
    """The timers of every service that are due next."""
    table = Table("service", "due", "key", "becomes")
    for service in SERVICES:

        async def next_due(conn: asyncpg.Connection) -> list[asyncpg.Record]:
            return await conn.fetch(
                "select due_at, key, type from timers order by due_at limit $1", limit
            )

        for row in with_database(service, next_due):
            table.add_row(
                service, row["due_at"].isoformat(timespec="seconds"), row["key"], row["type"]
            )
    console.print(table if table.row_count else "No timer is set.")
