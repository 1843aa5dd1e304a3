"""How the two pools of a service plan their statements."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest

from portal_runtime.storage import database
from portal_runtime.storage.database import migrate, open_pool, open_reading_pool
from tests.integration.runtime.conftest import Corner

LOOKUP = "select version from facts where kind = $1 and key = any($2)"
PLANS = "select generic_plans, custom_plans from pg_prepared_statements where statement = $1"


async def plans_after_three(pool: asyncpg.Pool) -> tuple[int, int]:
    """How often a look-up was run by a plan made once, and by one made anew."""
    async with pool.acquire() as conn:
        await conn.execute("create temporary table facts (kind text, key text, version int)")
        for _ in range(3):
            await conn.fetch(LOOKUP, "member", ["M1"])
        row = await conn.fetchrow(PLANS, LOOKUP)
    assert row is not None
    return row[0], row[1]


async def test_deciding_plans_a_look_up_once_and_a_query_plans_for_its_filters(
    corner: Corner,
) -> None:
    dsn = corner.isolation.dsn("tally")
    async with await open_pool(dsn, 2) as deciding, await open_reading_pool(dsn, 2) as reading:
        assert await plans_after_three(deciding) == (3, 0)
        assert await plans_after_three(reading) == (0, 3)


async def test_a_plan_made_for_a_small_table_looks_up_by_key_when_it_is_large(
    corner: Corner,
) -> None:
    async with await open_pool(corner.isolation.dsn("tally"), 2) as pool, pool.acquire() as conn:
        await conn.execute("create temporary table kept (key text primary key, body text)")
        await conn.execute("insert into kept values ('1', '1')")
        await conn.execute("analyze kept")
        await conn.execute("prepare look_up(text[]) as select body from kept where key = any($1)")
        await conn.execute("execute look_up(array['1'])")
        await conn.execute("insert into kept select n, n from generate_series(2, 50000) n")
        plan = await conn.fetch("explain execute look_up(array['1'])")
        assert "Seq Scan" not in "".join(row[0] for row in plan)


async def test_a_migration_may_take_longer_than_any_statement_of_a_decision(
    corner: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "COMMAND_SECONDS", 0.2)
    dsn = corner.isolation.dsn("tally")
    (tmp_path / "0001_slow.sql").write_text("select pg_sleep(0.6)")
    async with await open_pool(dsn, 2) as pool:
        with pytest.raises(TimeoutError):
            await pool.execute("select pg_sleep(0.6)")
    # The first waits for its own statement, the second for the first one's lock.
    ran = await asyncio.gather(migrate(dsn, tmp_path), migrate(dsn, tmp_path))
    assert sorted("service/0001_slow.sql" in names for names in ran) == [False, True]
