"""Timers: many due at once, and how late they are under light load."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from portal_contracts.claims.commands import ApplyReleasedDocument
from tools.bench.latency import percentile
from tools.bench.stand import Stand

COLUMNS = ("key", "due_at", "id", "type", "routing", "subject", "correlation", "body")


async def drain(stand: Stand, part: str, count: int) -> tuple[int, int, float]:
    """(drained, duplicates, seconds) of timers that are all due now.

    Each becomes a command to the service; a duplicate would be a second record with the same id.
    """
    async with stand.database(part, "claims") as conn:
        before = await conn.fetchval("select count(*) from inbox")
        rows = [_row(n, datetime.now(UTC)) for n in range(count)]
        began = datetime.now(UTC)
        await conn.copy_records_to_table("timers", records=rows, columns=COLUMNS)
        while await conn.fetchval("select count(*) from inbox") < before + count:
            await asyncio.sleep(0.1)
        seconds = (datetime.now(UTC) - began).total_seconds()
        drained = await conn.fetchval("select count(*) from inbox") - before
        left = await conn.fetchval("select count(*) from timers")
    sent = await stand.records_of_type(f"{part}.claims.commands", ApplyReleasedDocument.TYPE)
    return drained, sent - drained + left, seconds


async def lateness(stand: Stand, part: str, count: int) -> float:
    """p99 in milliseconds from due to decided, of timers spread over some seconds."""
    async with stand.database(part, "claims") as conn:
        start = datetime.now(UTC) + timedelta(seconds=1)
        rows = [_row(n, start + timedelta(milliseconds=25 * n), "late") for n in range(count)]
        due = {row[2]: row[1] for row in rows}
        await conn.copy_records_to_table("timers", records=rows, columns=COLUMNS)
        await asyncio.sleep(1 + 0.025 * count)
        done: list[Any] = []
        while len(done) < count:
            await asyncio.sleep(0.2)
            done = await conn.fetch("select id, at from inbox where id = any($1)", list(due))
    late = [(row["at"] - due[row["id"]]).total_seconds() for row in done]
    if min(late) < 0:
        raise RuntimeError("a timer fired early")
    return percentile(late, 0.99)


def _row(number: int, due: datetime, kind: str = "due") -> tuple[Any, ...]:
    command = ApplyReleasedDocument(claim_number=f"CLM-BENCH{number}", document_id="DOC-BENCH")
    body = command.model_dump_json().encode()
    key = f"bench:{kind}:{number}"
    return (key, due, uuid4(), command.TYPE, command.key(), command.subject(), "bench", body)
