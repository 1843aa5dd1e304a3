"""On real PostgreSQL: whoever edits, deletes or inserts a row of an access log is found out."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from portal_cli.main import app
from portal_runtime.access.access_log import Chain, Look
from portal_runtime.access.audit import Head, heads
from portal_runtime.storage.database import migrate, open_pool
from tests.support.connections import acquired
from tests.support.isolation import Isolation

SERVICE = "claims"


@pytest.fixture
async def pool(isolation: Isolation, tmp_path: Path) -> AsyncIterator[asyncpg.Pool]:
    """A database with the runtime's tables and nothing else."""
    await isolation.make_databases((SERVICE,))
    await migrate(isolation.dsn(SERVICE), tmp_path)
    opened = await open_pool(isolation.dsn(SERVICE), 5)
    yield opened
    await opened.close()


def looks(count: int = 1, purpose: str = "treatment") -> list[Look]:
    now = datetime.now(UTC)
    return [Look(now, "desk ü", "provider", f"M{n}", purpose, uuid4()) for n in range(count)]


async def portal(isolation: Isolation, *args: str) -> Result:
    """The command, in a thread: it has an event loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["audit", *args], env=isolation.env())


async def test_writers_of_all_kinds_leave_whole_chains(
    pool: asyncpg.Pool, isolation: Isolation
) -> None:
    asked, decided, idle = Chain(), Chain(), Chain()
    await asked.append(pool, looks(3))
    await asked.append(pool, [])
    await asked.append(pool, looks(200))
    async with acquired(pool) as conn:
        with pytest.raises(ZeroDivisionError):
            async with conn.transaction():
                await decided.append(conn, looks(2))
                1 / 0  # noqa: B018 - the decision fails: its look never happened
        for _ in range(2):
            async with conn.transaction():
                await decided.append(conn, looks(2))
    await idle.append(pool, [])
    told = await portal(isolation, "verify", SERVICE)
    assert told.exit_code == 0, told.output
    assert told.output.strip() == "claims: 207 rows in 2 chains, none broken."


async def test_a_chain_goes_on_where_it_ends_although_its_process_thinks_otherwise(
    pool: asyncpg.Pool, isolation: Isolation
) -> None:
    """The database's answer was lost: the rows are there, and the process does not know."""
    chain = Chain()
    await chain.append(pool, looks(2))
    before = chain._length, chain._head
    await chain.append(pool, looks(2, "its answer is lost"))
    chain._length, chain._head = before
    await chain.append(pool, looks(2))
    assert (await portal(isolation, "verify", SERVICE)).exit_code == 0
    assert [h.length for h in (await _heads(pool)) if h.length] == [6]


async def test_transactions_that_share_a_chain_wait_for_one_another(
    pool: asyncpg.Pool, isolation: Isolation
) -> None:
    chain = Chain()

    async def decide(number: int) -> None:
        async with acquired(pool) as conn:
            transaction = conn.transaction()
            await transaction.start()
            await chain.append(conn, looks(2))
            await asyncio.sleep(0.01)
            await (transaction.rollback() if number % 4 == 0 else transaction.commit())

    await asyncio.gather(*map(decide, range(20)))
    told = await portal(isolation, "verify", SERVICE)
    assert told.exit_code == 0, told.output
    assert len(await pool.fetch("select from access_log")) == 30


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update access_log set member_id = 'M9' where seq = 3", "from row 3 on"),
        ("update access_log set subject = 'nobody' where seq = 3", "from row 3 on"),
        ("update access_log set at = at - interval '1 second' where seq = 3", "from row 3 on"),
        ("delete from access_log where seq = 3", "from row 4 on"),
        ("delete from access_log where seq >= 4", "the last 2 rows were deleted"),
        ("delete from access_log", "all of its 5 rows were deleted"),
        ("delete from access_chains", "its end is not on file"),
        (
            "insert into access_log (at, subject, role, member_id, purpose, message_id, chain, "
            "position, hash) select at, 'x', role, member_id, purpose, message_id, chain, 3, hash "
            "from access_log where seq = 3",
            "from row 6 on: this row was inserted",
        ),
    ],
)
async def test_what_is_done_to_the_log_by_hand_is_found(
    pool: asyncpg.Pool, isolation: Isolation, sql: str, said: str
) -> None:
    chain, other = Chain(), Chain()
    await chain.append(pool, looks(5))
    await pool.execute(sql)
    await other.append(pool, looks(1))
    told = await portal(isolation, "verify", SERVICE)
    assert told.exit_code == 1
    assert said in told.output


async def test_a_tail_cut_with_its_end_is_found_with_what_was_kept_elsewhere(
    pool: asyncpg.Pool, isolation: Isolation, tmp_path: Path
) -> None:
    chain = Chain()
    await chain.append(pool, looks(5))
    kept = tmp_path / "heads"
    kept.write_text((await portal(isolation, "heads", SERVICE)).output)
    assert json.loads(kept.read_text())["length"] == 5
    against = ("verify", SERVICE, "--against", str(kept))
    await chain.append(pool, looks(1))
    assert (await portal(isolation, *against)).exit_code == 0
    await pool.execute("delete from access_log where seq > 3")
    await pool.execute(
        "update access_chains c set length = 3, head = hash from access_log l "
        "where l.chain = c.chain and position = 3"
    )
    assert (await portal(isolation, "verify", SERVICE)).exit_code == 0, "no one can see it here"
    told = await portal(isolation, *against)
    assert told.exit_code == 1
    assert "it had 5 rows once and has 3" in told.output


async def test_what_is_no_list_of_heads_is_refused_with_a_sentence(
    isolation: Isolation, tmp_path: Path
) -> None:
    odd = tmp_path / "odd"
    odd.write_text('{"service": "claims"}')
    told = await portal(isolation, "verify", SERVICE, "--against", str(odd))
    assert told.exit_code == 2
    assert "is not what `portal audit heads` printed" in re.sub(r"[\s│]+", " ", told.output)


async def _heads(pool: asyncpg.Pool) -> list[Head]:
    async with acquired(pool) as conn:
        return list((await heads(conn)).values())
