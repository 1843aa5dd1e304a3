"""Parked messages: look at them, send them again, or discard them. Used by `portal dlq`.

Sending again goes: mark 'replaying' and forget the inbox entry, publish, mark 'replayed'. Dying in
between leaves 'replaying', and the next replay publishes again under the same message id, which the
inbox of the service recognises: it never takes effect twice.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from portal_runtime.outgoing import Outgoing, Publisher


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


async def list_parked(conn: asyncpg.Connection, *, everything: bool = False) -> list[ParkedMessage]:
    """Open ones, oldest first; or all there ever were."""
    rows = await conn.fetch(_LIST, everything)
    return [ParkedMessage(*row) for row in rows]


async def headers_of(conn: asyncpg.Connection, parked_id: UUID) -> list[tuple[str, str]]:
    """The headers as they came, without the principal; bytes that are no text are shown escaped."""
    row = await conn.fetchrow(
        "select header_names, header_values from parked where id = $1", parked_id
    )
    if row is None:
        return []
    pairs = zip(row[0], row[1], strict=True)
    return [(n, v.decode(errors="backslashreplace")) for n, v in pairs if n != "principal"]


async def replay(conn: asyncpg.Connection, publisher: Publisher, ids: list[UUID]) -> int:
    """Send these parked messages again, in the order in which they were parked. How many."""
    async with conn.transaction():
        rows = await conn.fetch(_CLAIM, ids)
        # Only for those not sent again yet: a second sending must find what the first one did.
        parked = [row["message_id"] for row in rows if row["state"] == "parked"]
        await conn.execute("delete from inbox where id = any($1)", parked)
        await conn.execute(
            "update parked set state = 'replaying' where id = any($1)", [row["id"] for row in rows]
        )
    await publisher.publish([_record(row) for row in rows])
    await conn.execute(
        "update parked set state = 'replayed' where id = any($1)", [row["id"] for row in rows]
    )
    return len(rows)


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
       coalesce(length(value), 0), at
from parked where $1 or state in ('parked', 'replaying') order by at, topic, partition, "offset"
"""
_CLAIM = """
select * from parked where id = any($1) and state in ('parked', 'replaying')
order by at, topic, partition, "offset" for update
"""
