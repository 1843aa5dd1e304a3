"""`portal dlq`: messages a service could not decide. Look, send again, or discard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, TypeVar
from uuid import UUID

import asyncpg
import typer
from rich.console import Console

from portal_cli.show import counted, listing
from portal_cli.stack import kafka_wanted
from portal_contracts.topics import COMMANDS_KEPT_DAYS, SERVICES
from portal_runtime.observing.causes import cause
from portal_runtime.recovery import dead_letters as deadletters
from portal_runtime.settings import RuntimeSettings
from portal_runtime.wire.outgoing import Publisher

app = typer.Typer(no_args_is_help=True, help=__doc__)
console = Console()
T = TypeVar("T")
ServiceName = Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}")]
Ids = Annotated[
    list[str] | None, typer.Argument(help="Ids from `portal dlq list`, or how each begins")
]
Reason = Annotated[
    str, typer.Option(help="All of this reason, as `portal dlq reasons` has it, or how it begins")
]
Type = Annotated[str, typer.Option("--type", help="All of this type of message")]
COLUMNS = ("service", "id", "message")
REASON_COLUMNS = ("service", "parked", "reason", "type", "oldest", "newest")
KEY_COLUMNS = ("service", "key", "topic", "parked", "oldest", "went on since")


@app.command("list")
def list_(
    service: Annotated[str | None, typer.Argument(help="Only this service")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Replayed and discarded ones too")
    ] = False,
    limit: Annotated[int, typer.Option(help="Most messages of each service, oldest first")] = 50,
) -> None:
    """Parked messages with reason, origin and attempts."""
    rows, more = [], []
    for name in (service,) if service else SERVICES:
        found = with_database(
            name, lambda c: deadletters.list_parked(c, everything=everything, limit=limit + 1)
        )
        rows += [(name, str(parked.id), _about(parked)) for parked in found[:limit]]
        more += [name] if len(found) > limit else []
    if not rows:
        console.print("Nothing is parked.")
    listing(console, COLUMNS, rows, whole=("service", "id"))
    for name in more:
        console.print(f"{name} has more than {limit}: `portal dlq reasons {name}` counts them.")


def _about(parked: deadletters.ParkedMessage) -> str:
    """Below each other, so that the id has room beside it at 80 columns."""
    at = parked.at.isoformat(timespec="seconds")
    return (
        f"{parked.type or '?'}\n{parked.reason}\n"
        f"{counted(parked.attempts, 'attempt')}, {parked.state}, "
        f"{f'{parked.size} bytes' if parked.whole else 'only its position was kept'}\n"
        f"{parked.origin} {at}"
    )


@app.command()
def reasons(
    service: Annotated[str | None, typer.Argument(help="Only this service")] = None,
) -> None:
    """How many messages are parked for which reason; `discard` and `replay` accept a reason."""
    rows = [
        (name, str(r.parked), r.reason, r.type or "?", f"{r.oldest:%Y-%m-%d %H:%M}",
         f"{r.newest:%Y-%m-%d %H:%M}")
        for name in ((service,) if service else SERVICES)
        for r in with_database(name, deadletters.list_reasons)
    ]  # fmt: skip
    if not rows:
        console.print("Nothing is parked.")
    listing(console, REASON_COLUMNS, rows, whole=("service", "parked"))


@app.command()
def keys(
    service: Annotated[str | None, typer.Argument(help="Only this service")] = None,
) -> None:
    """Keys with parked messages, and how many later messages of each went on since."""
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
    """Who signed one parked message, and its headers.

    Its body, and headers that are none of ours, may hold personal data and are not printed.
    """

    async def look_at(conn: asyncpg.Connection) -> deadletters.Shown | None:
        (found,) = await _named(conn, service, [parked_id], everything=True)
        return await deadletters.look_at(conn, found)

    shown = with_database(service, look_at)
    if shown is None:  # gone meanwhile
        raise typer.Exit(1)
    _tell(_about(shown.message))
    _tell(f"signed by {shown.signed_by}")
    if not shown.message.whole:
        _tell("Only its position was kept; as long as Kafka has it, read it there.")
    elif not shown.headers:
        _tell("It came without headers.")
    for name, value in shown.headers:
        _tell(f"{name}: {value}")


def _tell(text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


@app.command()
def replay(
    service: ServiceName,
    ids: Ids = None,
    key: Annotated[str, typer.Option(help="Only of this key, as `portal dlq keys` names it")] = "",
    reason: Reason = "",
    type_: Type = "",
    limit: Annotated[int, typer.Option(help="Most messages in one go, oldest first")] = 100,
) -> None:
    """Send parked messages again, oldest first: those named, or all open ones up to the limit."""
    try:
        chosen = partial(_chosen, service=service, ids=ids, key=key, reason=reason, type_=type_)
        count = with_database(service, lambda c: _replay(c, service, chosen, limit))
    except deadletters.Busy:
        console.print(f"Somebody else is replaying messages of {service}. Wait until that is done.")
        raise typer.Exit(1) from None
    if count is None:
        under = f" under the key {key}." if key else _for(reason, type_)
        console.print("Nothing is parked" + under)
        return
    sent, left = count
    console.print(f"{sent} sent again. One that fails again is parked again, under its id.")
    if left:
        console.print(
            f"{left} cannot be sent again: only their position was kept, or they were signed "
            f"more than {COMMANDS_KEPT_DAYS} days ago and nobody would believe them. Have their "
            "senders send them anew, and discard these."
        )


@app.command()
def discard(
    service: ServiceName,
    ids: Ids = None,
    reason: Reason = "",
    type_: Type = "",
) -> None:
    """Discard parked messages for good: those named, or all of a reason. Their rows are kept."""
    if bool(ids) == bool(reason or type_):
        raise typer.BadParameter("name ids, or a --reason or --type of which all are discarded")

    async def give_up(conn: asyncpg.Connection) -> int:
        return await deadletters.discard(conn, await _chosen(conn, service, ids, "", reason, type_))

    count = with_database(service, give_up)
    console.print(f"{count} discarded." if count else "Nothing is parked" + _for(reason, type_))


def _for(reason: str, type_: str) -> str:
    """' of a.b.v1 for a reason that begins with 'x'.'"""
    of = f" of {type_}" if type_ else ""
    return of + (f" for a reason that begins with '{reason}'." if reason else ".")


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
    conn: asyncpg.Connection,
    service: str,
    choose: Callable[[asyncpg.Connection], Awaitable[list[UUID]]],
    limit: int,
) -> tuple[int, int] | None:
    """How many were sent, and how many cannot be; None when there is nothing to send."""
    chosen = await choose(conn)
    if not chosen:
        return None
    kafka = RuntimeSettings().kafka
    publisher = Publisher(kafka, service)
    with kafka_wanted(kafka):
        await publisher.start()
    try:
        sent = await deadletters.replay(conn, publisher, chosen[:limit])
        return sent, len(chosen[:limit]) - sent
    finally:
        await publisher.stop()


async def _chosen(
    conn: asyncpg.Connection,
    service: str,
    ids: list[str] | None,
    key: str,
    reason: str,
    type_: str,
) -> list[UUID]:
    if ids:
        return await _named(conn, service, ids)
    if key:
        return await deadletters.of_key(conn, key)
    return await deadletters.of_reason(conn, reason, type_)


def with_database(service: str, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
    """Run `work` on the service's database, or print in one line why that is not possible."""
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
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        console.print(f"The database of {service} cannot be used: {cause(error)}. "
                      "Is the stack running (`make run`)? See `portal doctor`.")  # fmt: skip
        raise typer.Exit(1) from None
