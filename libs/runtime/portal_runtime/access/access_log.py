"""The access log: who was shown what of which member, in chains that show when one was broken.

Each writer has its own chain, so no instance ever waits for another. A row's hash covers the row
and the previous hash. Where a chain ends is kept in `access_chains` and moved by the same statement
that adds the rows. What a process remembers of its chain is only a guess: if it is wrong (a
transaction was rolled back, a reply of the database was lost), the statement does nothing, and the
process asks the database. `audit.py` verifies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from pydantic_core import to_json

from portal_runtime.errors import Conflict

TRIES = 5


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody was shown something about a member."""

    at: datetime
    subject: str
    role: str
    member_id: str
    purpose: str
    message_id: UUID


def first_link(chain: UUID) -> bytes:
    """The hash before the first row of a chain."""
    return sha256(chain.bytes).digest()


def link(previous: bytes, chain: UUID, position: int, look: Look) -> bytes:
    """The hash of a row. Must never change: rows of six years are verified with it."""
    at = look.at if look.at.tzinfo is UTC else look.at.astimezone(UTC)
    said = to_json(
        (position, at.isoformat(), look.subject, look.role, look.member_id, look.purpose)
    )
    return sha256(previous + chain.bytes + look.message_id.bytes + said).digest()


class Chain:
    """What one writer of one process adds to the access log."""

    def __init__(self) -> None:
        self.id = uuid4()
        self._length = 0
        self._head = b""

    async def append(self, conn: Any, looks: Sequence[Look]) -> None:
        """Add rows, inside the caller's transaction if there is one."""
        if not looks:
            return
        for _ in range(TRIES):
            if self._head and await self._added(conn, looks):
                return
            self._length, self._head = await conn.fetchrow(_WHERE, self.id, first_link(self.id))
        raise Conflict("access_log")

    async def _added(self, conn: Any, looks: Sequence[Look]) -> bool:
        """Whether the chain still ended where this process thought."""
        rows, head = [], self._head
        for position, look in enumerate(looks, self._length + 1):
            head = link(head, self.id, position, look)
            rows.append((look.at, look.subject, look.role, look.member_id, look.purpose,
                         look.message_id, head))  # fmt: skip
        length = self._length + len(rows)
        columns = map(list, zip(*rows, strict=True))
        status = await conn.execute(
            _APPEND, self.id, self._head, length, head, self._length, *columns
        )
        if status == "INSERT 0 0":
            return False
        self._length, self._head = length, head
        return True


_WHERE = """
insert into access_chains (chain, length, head) values ($1, 0, $2)
on conflict (chain) do update set length = access_chains.length returning length, head
"""
"""Waits for a transaction that is adding to the chain, and says where it ends after that."""

_APPEND = """
with moved as (
    update access_chains set length = $3, head = $4 where chain = $1 and head = $2 returning chain
)
insert into access_log
    (chain, at, subject, role, member_id, purpose, message_id, position, hash)
select moved.chain, at, subject, role, member_id, purpose, message_id, $5 + n, hash
from moved, unnest(
    $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::text[], $11::uuid[], $12::bytea[]
) with ordinality as looks (at, subject, role, member_id, purpose, message_id, hash, n)
"""
