"""`portal effects`: what decisions ordered to be done outside. Look, try again, or discard."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import asyncpg
import typer
from rich.console import Console

from portal_cli.dlq import ServiceName, with_database
from portal_cli.show import counted, listing
from portal_contracts.topics import SERVICES
from portal_runtime.recovery import kept_effects
from portal_runtime.recovery.kept_effects import KeptEffect

app = typer.Typer(no_args_is_help=True, help=__doc__)
console = Console()
Ids = Annotated[
    list[str] | None, typer.Argument(help="IDs from `portal effects list`, or how each begins")
]
Kind = Annotated[str, typer.Option(help="All of this kind, as `portal effects list` shows it")]
COLUMNS = ("service", "id", "effect")
STATES = ("parked", "waiting", "discarded")


@app.command("list")
def list_(
    service: Annotated[str | None, typer.Argument(help="Only this service")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Those that wait and discarded ones too")
    ] = False,
    limit: Annotated[int, typer.Option(help="Most effects of each service, oldest first")] = 50,
) -> None:
    """Parked effects: kind, reason, attempts, and how many wait behind each."""
    states = STATES if everything else STATES[:1]
    rows = [
        (name, str(effect.id), _about(effect))
        for name in ((service,) if service else SERVICES)
        for effect in with_database(name, lambda c: kept_effects.list_effects(c, states, limit))
    ]
    if not rows:
        console.print("There is no effect." if everything else "No effect is parked.")
    listing(console, COLUMNS, rows, whole=("service", "id"))


def _about(effect: KeptEffect) -> str:
    """Below each other, so that the ID has room beside it at 80 columns."""
    at = effect.at.isoformat(timespec="seconds")
    behind = f", {effect.behind} of its key behind it" if effect.behind else ""
    return (
        f"{effect.kind}\n{effect.reason or 'nothing went wrong so far'}\n"
        f"{counted(effect.attempts, 'attempt')}, {effect.state}{behind}\n"
        f"ordered by {effect.cause} {at}"
    )


@app.command()
def retry(service: ServiceName, ids: Ids = None, kind: Kind = "") -> None:
    """Have parked effects carried out again: those named, all of a kind, or all."""

    async def again(conn: asyncpg.Connection) -> int:
        return await kept_effects.retry(conn, await _chosen(conn, service, ids, kind))

    count = with_database(service, again)
    console.print(
        f"{count} will be carried out again. One that fails again is parked again, under its ID."
        if count
        else "No effect is parked."
    )


@app.command()
def discard(service: ServiceName, ids: Ids = None, kind: Kind = "") -> None:
    """Give parked effects up for good: nobody hears the answer of one. They stay as evidence."""
    if bool(ids) == bool(kind):
        raise typer.BadParameter("name IDs, or a --kind of which all are discarded")

    async def give_up(conn: asyncpg.Connection) -> int:
        return await kept_effects.discard(conn, await _chosen(conn, service, ids, kind))

    count = with_database(service, give_up)
    console.print(f"{count} discarded." if count else "No effect is parked.")


async def _chosen(
    conn: asyncpg.Connection, service: str, ids: list[str] | None, kind: str
) -> list[UUID]:
    if not ids:
        return await kept_effects.parked(conn, kind)
    named: list[UUID] = []
    for text in ids:
        found = await kept_effects.starting_with(conn, text.lower())
        if len(found) != 1:
            why = "several parked effects begin" if found else "no parked effect begins"
            raise typer.BadParameter(f"in {service} {why} with {text}; see `portal effects list`")
        named += found
    return named
