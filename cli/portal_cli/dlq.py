"""`portal dlq`: messages a service could not decide. Look, send again, or discard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import asyncpg
import typer
from rich.console import Console

from portal_cli.show import counted, listing
from portal_cli.stack import kafka_wanted
from portal_contracts.topics import SERVICES
from portal_runtime import deadletters
from portal_runtime.outgoing import Publisher
from portal_runtime.settings import RuntimeSettings

app = typer.Typer(no_args_is_help=True, help=__doc__)
console = Console()
T = TypeVar("T")
ServiceName = Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}")]
Ids = Annotated[
    list[str] | None, typer.Argument(help="Ids from `portal dlq list`, or how each begins")
]
COLUMNS = ("service", "id", "message")
KEY_COLUMNS = ("service", "key", "topic", "parked", "oldest", "went on since")


@app.command("list")
def list_(
    service: Annotated[str | None, typer.Argument(help="Only this service")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Replayed and discarded ones too")
    ] = False,
) -> None:
    """Parked messages with reason, origin and attempts."""
    rows = [
        (name, str(parked.id), _about(parked))
        for name in ((service,) if service else SERVICES)
        for parked in with_database(
            name, lambda c: deadletters.list_parked(c, everything=everything)
        )
    ]
    if not rows:
        console.print("Nothing is parked.")
    listing(console, COLUMNS, rows, whole=("service", "id"))


def _about(parked: deadletters.ParkedMessage) -> str:
    """Below each other, so that the id has room beside it at 80 columns."""
    at = parked.at.isoformat(timespec="seconds")
    return (
        f"{parked.type or '?'}\n{parked.reason}\n"
        f"{counted(parked.attempts, 'attempt')}, {parked.state}, {parked.size} bytes\n"
        f"{parked.origin} {at}"
    )


@app.command()
def keys(
    service: Annotated[str | None, typer.Argument(help="Only this service")] = None,
) -> None:
    """Keys of which messages are parked. Later messages of a key go on: so many did since."""
    rows = [
        (name, k.mark, k.topic, str(k.parked), k.oldest.isoformat(timespec="seconds"),
         str(k.went_on))
        for name in ((service,) if service else SERVICES)
        for k in with_database(name, deadletters.list_keys)
    ]  # fmt: skip
    if not rows:
        console.print("No key has parked messages.")
    listing(console, KEY_COLUMNS, rows, whole=("service", "key"))


@app.command()
def show(
    service: ServiceName,
    parked_id: Annotated[
        str, typer.Argument(metavar="ID", help="From `portal dlq list`, or how it begins")
    ],
) -> None:
    """Headers of one parked message. Its body may hold personal data and is not printed."""

    async def headers_of(conn: asyncpg.Connection) -> list[tuple[str, str]] | None:
        (found,) = await _named(conn, service, [parked_id], everything=True)
        return await deadletters.headers_of(conn, found)

    headers = with_database(service, headers_of)
    if not headers:
        console.print("It came without headers.")
    for name, value in headers or ():
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
        count = with_database(service, lambda c: _replay(c, service, ids, key, limit))
    except deadletters.Busy:
        console.print(f"Somebody else is replaying messages of {service}. Wait until that is done.")
        raise typer.Exit(1) from None
    if count is None:
        console.print("Nothing is parked" + (f" under the key {key}." if key else "."))
        return
    console.print(f"{count} sent again. One that fails again is parked again.")


@app.command()
def discard(
    service: ServiceName,
    ids: Annotated[list[str], typer.Argument(help="From `portal dlq list`, or how each begins")],
) -> None:
    """Give parked messages up for good. They stay in the database as evidence."""

    async def give_up(conn: asyncpg.Connection) -> int:
        return await deadletters.discard(conn, await _named(conn, service, ids))

    console.print(f"{with_database(service, give_up)} discarded.")


async def _named(
    conn: asyncpg.Connection, service: str, given: list[str], *, everything: bool = False
) -> list[UUID]:
    """The ids that these words stand for; one that stands for none or several is said."""
    named = []
    for text in given:
        found = await deadletters.starting_with(conn, text.lower(), everything=everything)
        if len(found) > 1:
            raise typer.BadParameter(
                f"several parked messages of {service} begin with {text}; give more of the id"
            )
        if not found:
            state = "parked" if everything else "open parked"
            raise typer.BadParameter(
                f"{service} has no {state} message {text}; `portal dlq list {service}` names them"
            )
        named += found
    return named


async def _replay(
    conn: asyncpg.Connection, service: str, ids: list[str] | None, key: str, limit: int
) -> int | None:
    """How many; None when there is nothing to send."""
    chosen = await _chosen(conn, service, ids, key)
    if not chosen:
        return None
    kafka = RuntimeSettings().kafka
    publisher = Publisher(kafka, service)
    with kafka_wanted(kafka):
        await publisher.start()
    try:
        return await deadletters.replay(conn, publisher, chosen[:limit])
    finally:
        await publisher.stop()


async def _chosen(
    conn: asyncpg.Connection, service: str, ids: list[str] | None, key: str
) -> list[UUID]:
    if ids:
        return await _named(conn, service, ids)
    if key:
        return await deadletters.of_key(conn, key)
    return [p.id for p in await deadletters.list_parked(conn)]


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
