"""Parked messages: look at them, send them again, or discard them. Used by `portal dlq`.

Sending again goes: mark 'replaying' and forget the inbox entry, publish, mark 'replayed'. A crash
in between leaves 'replaying', and the next replay publishes again under the same message id, which
the service's inbox recognizes: it never takes effect twice. What fails again is 'parked' again, in
the same row with the same ids (`parking.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from portal_contracts import envelope as e
from portal_contracts.topics import COMMANDS_KEPT_DAYS
from portal_runtime.intake.arrival import position_id
from portal_runtime.wire.outgoing import Outgoing, Publisher

SHOWN = frozenset(
    {
        *(e.ID, e.TYPE, e.SOURCE, e.SPEC, e.TIME, e.SUBJECT, e.CONTENT_TYPE, e.CORRELATION),
        *(e.CAUSATION, e.TRACEPARENT, e.REPLY_TO, e.DEADLINE),
    }
)
"""Headers whose values are ids and times where they are what they should be."""
MOST_SHOWN = 200
AT_ONCE = 100
"""Messages in flight at a time; the next slice is sent when Kafka has acknowledged these."""
REPLAYING = 7_016_274


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A message that could not be decided, without its content."""

    id: UUID
    message_id: UUID | None
    type: str | None
    origin: str
    reason: str
    attempts: int
    state: str
    size: int
    at: datetime
    whole: bool = True
    """False: kept without key, headers and body, so it cannot be sent again."""


async def list_parked(
    conn: asyncpg.Connection, *, everything: bool = False, limit: int | None = None
) -> list[ParkedMessage]:
    """Open ones, oldest first; or all there ever were."""
    rows = await conn.fetch(_LIST, everything, limit)
    return [ParkedMessage(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ParkedReason:
    """How many open messages of a type are parked for a reason."""

    reason: str
    type: str | None
    parked: int
    oldest: datetime
    newest: datetime


async def list_reasons(conn: asyncpg.Connection) -> list[ParkedReason]:
    """Reasons with open messages, the most frequent first."""
    return [ParkedReason(*row) for row in await conn.fetch(_REASONS)]


async def of_reason(conn: asyncpg.Connection, reason: str, type_: str = "") -> list[UUID]:
    """The open messages whose reason begins so, of this type if one is given, oldest first."""
    rows = await conn.fetch(_OF_REASON, reason, type_)
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class ParkedKey:
    """A key of which messages are parked. The key may be anything, so only its mark is shown."""

    mark: str
    topic: str
    parked: int
    oldest: datetime
    went_on: int
    """Messages with this key that were decided and had consequences since the oldest was parked."""


async def list_keys(conn: asyncpg.Connection) -> list[ParkedKey]:
    """Keys with open messages, the longest waiting first."""
    rows = await conn.fetch(_KEYS)
    return [ParkedKey(*row) for row in rows]


async def of_key(conn: asyncpg.Connection, mark: str) -> list[UUID]:
    """The open messages of a key, in the order in which they were parked."""
    rows = await conn.fetch(_OF_KEY, mark)
    return [row[0] for row in rows]


class Busy(Exception):
    """Somebody else is replaying messages of this service."""


async def starting_with(
    conn: asyncpg.Connection, beginning: str, *, everything: bool = False
) -> list[UUID]:
    """Ids that begin so, also by the message's own id, which is the reference that its sender was
    given: two at most, since two are as unclear as more. Open ones, or all."""
    rows = await conn.fetch(_STARTING_WITH, everything, beginning)
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Shown:
    """All that can be shown of one parked message: it may hold anything, also about a person."""

    message: ParkedMessage
    signed_by: str
    headers: list[tuple[str, str]]


async def look_at(conn: asyncpg.Connection, parked_id: UUID) -> Shown | None:
    """Who signed it and its headers; None when there is no such message."""
    row = await conn.fetchrow(_ONE, parked_id)
    if row is None:
        return None
    *about, signer, names, values = row
    message = ParkedMessage(*about)
    pairs = zip(names, values, strict=True)
    return Shown(message, _signed_by(message, signer), [(n, _shown(n, v)) for n, v in pairs])


def _signed_by(message: ParkedMessage, signer: str | None) -> str:
    if signer is not None:
        return signer
    topic = message.origin.split("/")[0]
    if topic.endswith(".events"):
        return f"nobody: events are not signed, only their owner may write to {topic}"
    return f"nobody: {message.reason}"


def _shown(name: str, value: bytes) -> str:
    """Ours as they are, bytes that are no text escaped. Of others only the size."""
    if name == e.PRINCIPAL or name not in SHOWN:
        return f"({len(value)} bytes, not shown)"
    return value[:MOST_SHOWN].decode(errors="backslashreplace")


async def replay(conn: asyncpg.Connection, publisher: Publisher, ids: list[UUID]) -> int:
    """Send these parked messages again, in the order in which they were parked. How many.

    Those of which only the position was kept cannot be sent, nor those whose signature is too old
    to be believed: they stay parked.
    Busy: another replay of this service runs; two at a time would mix their orders.
    """
    if not await conn.fetchval("select pg_try_advisory_lock($1)", REPLAYING):
        raise Busy
    try:
        return sum(
            [
                await _replay(conn, publisher, ids[n : n + AT_ONCE])
                for n in range(0, len(ids), AT_ONCE)
            ]
        )
    finally:
        await conn.execute("select pg_advisory_unlock($1)", REPLAYING)


async def _replay(conn: asyncpg.Connection, publisher: Publisher, ids: list[UUID]) -> int:
    async with conn.transaction():
        rows = await conn.fetch(_CLAIM, ids, COMMANDS_KEPT_DAYS)
        await conn.execute("delete from inbox where id = any($1)", _to_forget(rows))
        await conn.execute(
            "update parked set state = 'replaying' where id = any($1)", [row["id"] for row in rows]
        )
    await publisher.publish([_record(row) for row in rows])
    await conn.execute(
        # The service may have been faster and have parked one again.
        "update parked set state = 'replayed' where id = any($1) and state = 'replaying'",
        [row["id"] for row in rows],
    )
    return len(rows)


def _to_forget(rows: list[asyncpg.Record]) -> list[UUID]:
    """Ids that the inbox must take anew.

    Only of messages not sent again yet: a second sending must find what the first one did. And
    only ids that travel with their message: one made from a position stays with that position,
    where the message still stands, and would be parked anew whenever its topic is read again.
    """
    return [
        row["message_id"]
        for row in rows
        if row["state"] == "parked"
        and row["message_id"] != position_id(row["topic"], row["partition"], row["offset"])
    ]


async def discard(conn: asyncpg.Connection, ids: list[UUID]) -> int:
    """Give these up for good. They stay in the table as evidence. How many."""
    rows = await conn.fetch(
        "update parked set state = 'discarded' where id = any($1) and state = 'parked' "
        "returning id",
        ids,
    )
    return len(rows)


def _record(row: asyncpg.Record) -> Outgoing:
    """As it was, to where it was: the same partition, so that its key keeps its order."""
    headers = list(zip(row["header_names"], row["header_values"], strict=True))
    return Outgoing(row["topic"], row["key"] or b"", row["value"] or b"", headers, row["partition"])


_LIST = """
select id, message_id, type, topic || '/' || partition || '/' || "offset", reason, attempts, state,
       coalesce(length(value), 0), at, whole
from parked where $1 or state in ('parked', 'replaying') order by at, topic, partition, "offset"
limit $2
"""
_ONE = """
select id, message_id, type, topic || '/' || partition || '/' || "offset", reason, attempts, state,
       coalesce(length(value), 0), at, whole, signer, header_names, header_values
from parked where id = $1
"""
_REASONS = """
select reason, type, count(*), min(at), max(at) from parked
where state in ('parked', 'replaying') group by reason, type order by count(*) desc, min(at)
"""
_OF_REASON = """
select id from parked
where state in ('parked', 'replaying') and starts_with(reason, $1) and ($2 = '' or type = $2)
order by at, topic, partition, "offset"
"""
_STARTING_WITH = """
select id from parked
where ($1 or state in ('parked', 'replaying'))
  and (starts_with(id::text, $2) or starts_with(message_id::text, $2)) order by id limit 2
"""
_CLAIM = """
select * from parked where id = any($1) and state in ('parked', 'replaying') and whole
  and (topic like '%.events' or at > now() - make_interval(days => $2))
order by at, topic, partition, "offset" for update
"""
_KEYS = """
select left(encode(sha256(coalesce(p.key, '')), 'hex'), 8), p.topic, count(*), min(p.at),
       (select count(distinct s.cause) from journal_messages s
        where s.at > min(p.at) and s.key = encode(p.key, 'escape'))
from parked p where p.state in ('parked', 'replaying')
group by p.key, p.topic order by min(p.at)
"""
_OF_KEY = """
select id from parked
where state in ('parked', 'replaying') and left(encode(sha256(coalesce(key, '')), 'hex'), 8) = $1
order by at, topic, partition, "offset"
"""
