"""Bulk orders written before migration 0006 say the same after it, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from portal_runtime.storage import database
from portal_runtime.storage.database import RUNTIME_MIGRATIONS, migrate
from tests.integration.runtime.conftest import Corner
from tests.support.tally import SERVICE

CHANGED = "0006_journal_bulk_as_json.sql"
BATCH = UUID(int=1)
IDS = [UUID(int=n) for n in (3, 2, 9)]
BODIES = ['{"a": 1 ,"b":[1.50,"Zoë"]}', '{"b":"\\u0000 ,]"}', "{}"]


async def test_bulk_orders_outlive_the_migration(
    corner: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tmp_path / "before"
    shutil.copytree(RUNTIME_MIGRATIONS, before)
    for later in before.glob("*.sql"):
        if later.name >= CHANGED:
            later.unlink()
    dsn = corner.isolation.dsn("tally")
    monkeypatch.setattr(database, "RUNTIME_MIGRATIONS", before)
    await migrate(dsn, SERVICE.migrations)
    conn = await asyncpg.connect(dsn)
    try:
        bodies = [body.encode() for body in BODIES]
        await conn.execute(_BULK, BATCH, IDS, ["k", 'k"', "k,"], ["s1", "", "s3"], bodies)
        written = await conn.fetch(_MESSAGES)
        assert [row["body"] for row in written] == bodies
        monkeypatch.undo()
        assert f"runtime/{CHANGED}" in await migrate(dsn, SERVICE.migrations)
        assert await conn.fetch(_MESSAGES) == written
    finally:
        await conn.close()


_BULK = """
insert into journal_bulk (batch, n, ids, topic, keys, type, subjects, bodies, cause, correlation,
                          actor)
values ($1, 4, $2, 'tally.bulk', $3, 'tally.add.v1', $4, $5, $1, 'c', 'service:tally')
"""
_MESSAGES = "select * from journal_messages order by n"
