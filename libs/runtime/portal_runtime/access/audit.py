"""Verifies the chains of an access log. Used by `portal audit` and by the chaos checkers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import asyncpg

from portal_runtime.access.access_log import Look, first_link, link

AT_ONCE = 5_000


class Head(NamedTuple):
    """Where a chain ends."""

    length: int
    hash: bytes


class Row(NamedTuple):
    """A row of the access log."""

    seq: int
    chain: UUID
    position: int
    hash: bytes
    look: Look


Heads = Mapping[UUID, Head]


@dataclass
class Audit:
    """Walks through rows, chain by chain, each in the order of its positions."""

    heads: Heads
    anchors: Heads = field(default_factory=dict)
    """Heads that somebody has kept elsewhere: the chain must still pass through them."""
    findings: list[str] = field(default_factory=list)
    rows: int = 0
    _walked: set[UUID] = field(default_factory=set)
    _chain: UUID | None = None
    _length: int = 0
    _hash: bytes = b""
    _anchored: bool = False
    _broken: bool = False

    @property
    def chains(self) -> int:
        """How many had rows."""
        return len(self._walked)

    def see(self, row: Row) -> None:
        """The next row."""
        self.rows += 1
        if row.chain != self._chain:
            self._end_chain()
            self._begin(row.chain)
        if not self._broken and not self._is_odd(row.chain, row):
            self._length += 1
            self._hash = row.hash
            self._compare(row.chain, row.seq)

    def finish(self) -> None:
        """There are no more rows."""
        self._end_chain()
        for chain, head in self.heads.items():
            if chain not in self._walked and head.length:
                self._say(chain, f"all of its {head.length} rows were deleted")
                self._walked.add(chain)
        for chain, anchor in self.anchors.items():
            if chain not in self._walked and anchor.length:
                self._say(chain, f"it had {anchor.length} rows once, and none is left")

    def _begin(self, chain: UUID) -> None:
        self._walked.add(chain)
        self._chain, self._length, self._hash = chain, 0, first_link(chain)
        self._broken = self._anchored = False

    def _is_odd(self, chain: UUID, row: Row) -> bool:
        due = self._length + 1
        if row.position < due:
            self._break(chain, row.seq, "this row was inserted")
        elif row.position > due:
            gone = row.position - due
            self._break(chain, row.seq, f"{gone} before it (position {due} on) were deleted")
        elif row.hash != link(self._hash, chain, due, row.look):
            self._break(chain, row.seq, "this row or the one before it was changed")
        return self._broken

    def _compare(self, chain: UUID, seq: int) -> None:
        anchor = self.anchors.get(chain)
        if anchor is not None and anchor.length == self._length:
            self._anchored = True
            if anchor.hash != self._hash:
                self._break(chain, seq, "up to here it was written anew since it was anchored")

    def _end_chain(self) -> None:
        if self._chain is None or self._broken:
            return
        head, anchor = self.heads.get(self._chain), self.anchors.get(self._chain)
        if head is None:
            self._say(self._chain, f"its end is not on file; {self._length} rows are there")
        elif head.length > self._length:
            self._say(self._chain, f"the last {head.length - self._length} rows were deleted")
        elif head != (self._length, self._hash):
            text = f"it ends at position {head.length}; what is there was added or changed by hand"
            self._say(self._chain, text)
        elif anchor is not None and not self._anchored and anchor.length:
            self._say(self._chain, f"it had {anchor.length} rows once and has {self._length}")

    def _break(self, chain: UUID, seq: int, why: str) -> None:
        self._broken = True
        self.findings.append(f"chain {chain} is broken from row {seq} on: {why}")

    def _say(self, chain: UUID, why: str) -> None:
        self.findings.append(f"chain {chain} is broken at its end: {why}")


def audit(rows: Iterable[Row], heads: Heads) -> Audit:
    """Rows in any order, all in memory."""
    walk = Audit(heads)
    for row in sorted(rows, key=lambda r: (r.chain, r.position, r.seq)):
        walk.see(row)
    walk.finish()
    return walk


async def verify(conn: asyncpg.Connection, anchors: Heads) -> Audit:
    """The whole access log of a service, at one moment; it may be written to meanwhile."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        walk = Audit(await heads(conn), anchors)
        cursor = await conn.cursor(_ROWS)
        while found := await cursor.fetch(AT_ONCE):
            for seq, chain, position, hash_, *look in found:
                walk.see(Row(seq, chain, position, hash_, Look(*look)))
    walk.finish()
    return walk


async def heads(conn: asyncpg.Connection) -> dict[UUID, Head]:
    """Where each chain ends, the oldest first."""
    found = await conn.fetch("select chain, length, head from access_chains order by opened, chain")
    return {row[0]: Head(row[1], row[2]) for row in found}


_ROWS = """
select seq, chain, position, hash, at, subject, role, member_id, purpose, message_id
from access_log order by chain, position, seq
"""
