"""Claims by number, with their history and the ledger entries that their decisions make."""

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
from claims.store.history import HistoryRow, history_row
from portal_contracts.money import cents
from portal_runtime.errors import Conflict
from portal_runtime.storage.database import insert_rows
from portal_runtime.tables import IO, Table

LEDGER = ("claim_number", "adjudication", "kind", "amount", "posted_at")


class ClaimsTable(Table[str, StoredClaim]):
    """Claims by number."""

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, StoredClaim]:
        found: dict[str, StoredClaim] = {}
        for *columns, adjudication in await io.conn.fetch(LOAD, list(keys)):
            row = ClaimRow(*columns)
            found[row.claim_number] = stored_claim(row, adjudication)
        return found

    async def save(self, io: IO, items: Sequence[tuple[str, StoredClaim]]) -> None:
        new = [row_of(s) for _, s in items if not s.loaded_version]
        old = [changes_of(s) for _, s in items if s.loaded_version]
        await _insert(io, "claims", ClaimRow._fields, new)
        if old:
            status = await io.conn.execute(UPDATE, *map(list, zip(*old, strict=True)))
            if int(status.rsplit(" ", 1)[1]) != len(old):
                raise Conflict(self.name)
        happened = [history_row(io, h, s.changed_at) for _, s in items for h in s.history]
        await _insert(io, "claim_history", HistoryRow._fields, happened)
        postings = [
            (s.claim.number, p.adjudication, p.kind, cents(p.amount), s.changed_at)
            for _, s in items
            for p in s.postings
        ]
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
