"""`portal timers`: what is due, and when."""

from __future__ import annotations

from typing import Annotated

import asyncpg
import typer
from rich.console import Console

from portal_cli.dlq import with_database
from portal_cli.show import listing
from portal_contracts.topics import SERVICES
from portal_runtime.settings import RuntimeSettings

app = typer.Typer(help=__doc__)
console = Console()
COLUMNS = ("service", "due", "key", "becomes")


@app.callback(invoke_without_command=True)
def timers(
    limit: Annotated[int, typer.Option(help="Most timers shown per service")] = 20,
) -> None:
    """The timers of every service that are due next, in the plan's own time."""
    calendar, rows = RuntimeSettings().calendar, []
    for service in SERVICES:

        async def next_due(conn: asyncpg.Connection) -> list[asyncpg.Record]:
            return await conn.fetch(
                "select due_at, key, type from timers order by due_at limit $1", limit
            )

        for row in with_database(service, next_due):
            # A deadline ends with its day where the plan is: in UTC it would show the day after.
            due = f"{row['due_at'].astimezone(calendar.zone):%Y-%m-%d %H:%M:%S %Z}"
            rows.append((service, due, row["key"], row["type"]))
    if not rows:
        console.print("No timer is set.")
    listing(console, COLUMNS, rows, whole=("service", "due"))
