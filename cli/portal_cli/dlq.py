"""`portal dlq`: messages a service could not decide. Look, send again, or discard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import asyncpg
import typer
from rich.console import Console
from rich.table import Table

from portal_contracts.topics import SERVICES
from portal_runtime import deadletters
from portal_runtime.outgoing import Publisher
from portal_runtime.settings import RuntimeSettings

app = typer.Typer(no_args_is_help=True, help=__doc__)
console = Console()
T = TypeVar("T")
ServiceName = Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}")]
Ids = Annotated[list[UUID] | None, typer.Argument(help="Ids from `portal dlq list`")]


@app.command("list")
def list_(
    service: Annotated[str | None, typer.Argument(help="Only this service")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Replayed and discarded ones too")
    ] = False,
) -> None:
    """Parked messages with reason, origin and attempts."""
    table = Table("service", "id", "type", "reason", "origin", "attempts", "state", "bytes", "at")
    for name in (service,) if service else SERVICES:
        rows = with_database(name, lambda c: deadletters.list_parked(c, everything=everything))
        for p in rows:
            table.add_row(
                name,
                str(p.id),
                p.type or "?",
                p.reason,
                p.origin,
                str(p.attempts),
                p.state,
                str(p.size),
                p.at.isoformat(timespec="seconds"),
            )
    console.print(table if table.row_count else "Nothing is parked.")


@app.command()
def keys(
    service: Annotated[str | None, typer.Argument(help="Only this service")] = None,
) -> None:
    """Keys of which messages are parked. Later messages of a key go on: so many did since."""
    table = Table("service", "key", "topic", "parked", "oldest", "went on since")
    for name in (service,) if service else SERVICES:
        for k in with_database(name, deadletters.list_keys):
            oldest = k.oldest.isoformat(timespec="seconds")
            table.add_row(name, k.mark, k.topic, str(k.parked), oldest, str(k.went_on))
    console.print(table if table.row_count else "No key has parked messages.")


@app.command()
def show(service: ServiceName, parked_id: UUID) -> None:
    """Headers of one parked message. Its body may hold personal data and is not printed."""
    headers = with_database(service, lambda c: deadletters.headers_of(c, parked_id))
    if not headers:
        raise typer.BadParameter(f"{service} has no parked message {parked_id}")
    for name, value in headers:
        console.print(f"{name}: {value}", markup=False, soft_wrap=True)


@app.command()
def replay(
    service: ServiceName,
    ids: Ids = None,
    key: Annotated[str, typer.Option(help="Only of this key, as `portal dlq keys` names it")] = "",
    limit: Annotated[int, typer.Option(help="Most messages in one go, oldest first")] = 100,
) -> None:
    """Send parked messages again, oldest first: those named, or all open ones up to the limit."""
    try:
        count = with_database(service, lambda c: _replay(c, ids, key, limit))
    except deadletters.Busy:
        console.print(f"Somebody else is replaying messages of {service}. Wait until that is done.")
        raise typer.Exit(1) from None
    console.print(f"{count} sent again. One that fails again is parked again.")


@app.command()
def discard(service: ServiceName, ids: list[UUID]) -> None:
    """Give parked messages up for good. They stay in the database as evidence."""
    count = with_database(service, lambda c: deadletters.discard(c, ids))
    console.print(f"{count} discarded.")


async def _replay(conn: asyncpg.Connection, ids: list[UUID] | None, key: str, limit: int) -> int:
    chosen = ids or (
        await deadletters.of_key(conn, key)
        if key
        else [p.id for p in await deadletters.list_parked(conn)]
    )
    publisher = Publisher(RuntimeSettings().kafka)
    await publisher.start()
    try:
        return await deadletters.replay(conn, publisher, chosen[:limit])
    finally:
        await publisher.stop()


def with_database(service: str, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    """Run `work` on the service's database, or say in one line why that is not possible."""
    if service not in SERVICES:
        raise typer.BadParameter(f"{service} is not one of {', '.join(SERVICES)}")

    async def run() -> T:
        conn = await asyncpg.connect(RuntimeSettings().dsn(service))
        try:
            return await work(conn)
        finally:
            await conn.close()

    try:
        return asyncio.run(run())
    except (OSError, asyncpg.PostgresError) as error:
        console.print(f"The database of {service} cannot be used: {type(error).__name__}. "
                      "Is the stack running (`make run`)? See `portal doctor`.")  # fmt: skip
        raise typer.Exit(1) from None
