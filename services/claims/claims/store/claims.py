"""Claims by number, with the ledger entries that their decisions make."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from claims.store.claim_row import (
    LOAD,
    UPDATE,
    ClaimRow,
    StoredClaim,
    changes_of,
    row_of,
    stored_claim,
)
from portal_contracts.money import cents
from portal_runtime.errors import Conflict
from portal_runtime.storage.database import insert_rows
from portal_runtime.tables import IO, Table

LEDGER = ("claim_number", "adjudication", "kind", "amount", "posted_at")


class ClaimsTable(Table[str, StoredClaim]):
    """Claims by number."""

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, StoredClaim]:
        rows = [ClaimRow(*row) for row in await io.conn.fetch(LOAD, list(keys))]
        return {row.claim_number: stored_claim(row) for row in rows}

    async def save(self, io: IO, items: Sequence[tuple[str, StoredClaim]]) -> None:
        new = [row_of(io, s) for _, s in items if not s.loaded_version]
        old = [changes_of(io, s) for _, s in items if s.loaded_version]
        if new:
            await _insert(io, "claims", ClaimRow._fields, new)
        if old:
            status = await io.conn.execute(UPDATE, *map(list, zip(*old, strict=True)))
            if int(status.rsplit(" ", 1)[1]) != len(old):
                raise Conflict(self.name)
        postings = [
            (s.claim.number, p.adjudication, p.kind, cents(p.amount), s.changed_at)
            for _, s in items
            for p in s.postings
        ]
        if postings:
            await _insert(io, "ledger", LEDGER, postings)


async def _insert(
    io: IO, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    try:
        await insert_rows(io.conn, table, columns, rows)
    except asyncpg.UniqueViolationError:
        # Another owner of the partition has decided the same commands meanwhile.
        raise Conflict(table) from None


CLAIMS = ClaimsTable("claims")
