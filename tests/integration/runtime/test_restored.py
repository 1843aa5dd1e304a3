"""The database is put back to an earlier time: Kafka knows more, and all is decided again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from aiokafka import ConsumerRecord

from portal_cli.reconcile import CONSISTENT, GAPS, run
from portal_client import Signer
from portal_contracts.topics import TopicSpec
from portal_runtime.consuming.pipeline import Pipeline
from portal_runtime.process.running import Running
from portal_runtime.recovery.reconcile import reconcile
from portal_runtime.recovery.report import ANNOUNCED, FORGOTTEN, Report
from portal_runtime.recovery.rewind import StillRunning, mend
from portal_runtime.service import Service
from portal_runtime.settings import RuntimeSettings
from tests.integration.runtime.conftest import PROVIDER, Corner, running
from tests.integration.runtime.test_crashes import events, process
from tests.support import listening
from tests.support.listening import Repeat, say
from tests.support.tally import SERVICE, Add, Total, total

ACCOUNTS = 8
SOME = 200
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def server(corner: Corner) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    """A connection beside the tally's database, and that database's name."""
    address, name = corner.isolation.dsn("tally").rsplit("/", 1)
    conn = await asyncpg.connect(f"{address}/postgres")
    try:
        yield conn, name
    finally:
        await conn.close()


async def back_up(corner: Corner) -> None:
    async with server(corner) as (conn, name):
        await conn.execute(f'create database "{name}_copy" template "{name}"')


async def dump(corner: Corner) -> None:
    """As `back_up`, while the service runs: a template needs a moment without connections."""
    async with server(corner) as (conn, name):
        await conn.execute(f'alter database "{name}" with allow_connections false')
        end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1"
        await conn.execute(end, name)
        await asyncio.sleep(0.3)
        await conn.execute(f'create database "{name}_copy" template "{name}"')
        for database in (name, f"{name}_copy"):
            await conn.execute(f'alter database "{database}" with allow_connections true')


async def restore(corner: Corner) -> None:
    """Under the very feet of whoever is connected."""
    async with server(corner) as (conn, name):
        await conn.execute(f'drop database "{name}" with (force)')
        await conn.execute(f'alter database "{name}_copy" rename to "{name}"')


def add_some(client: Any) -> list[asyncio.Task[Any]]:
    adds = (Add(account=f"a{i % ACCOUNTS}", amount=1) for i in range(SOME))
    return [asyncio.create_task(client.ask(add, timeout=60)) for add in adds]


async def compare(corner: Corner, since: datetime | None = None) -> Report:
    conn = await asyncpg.connect(corner.isolation.dsn("tally"))
    try:
        return await reconcile(SERVICE, RuntimeSettings(**corner.settings()), conn, since)
    finally:
        await conn.close()


async def mended(corner: Corner, service: Service = SERVICE) -> Report:
    """Mend as soon as Kafka has given the killed instance up."""
    settings = RuntimeSettings(**corner.settings())
    conn = await asyncpg.connect(settings.dsn("tally"))
    try:
        report = await reconcile(service, settings, conn)
        for _ in range(200):
            try:
                await mend(service, settings, conn, report)
                return report
            except StillRunning:
                await asyncio.sleep(0.2)
        raise AssertionError("the group never became empty")
    finally:
        await conn.close()


async def until_settled(corner: Corner, effects: int) -> None:
    """Everything decided, published and noted in Kafka as well."""
    for _ in range(200):
        rows = await corner.rows("select coalesce(sum(total), 0) from tallies")
        owed = await corner.rows("select count(*) from batches where not published")
        if rows[0][0] >= effects and owed[0][0] == 0:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{rows[0][0]} of {effects}, {owed[0][0]} batches owed")


def versions(replies: Iterable[Total]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for reply in replies:
        found.setdefault(reply.account, []).append(reply.version)
    return found


@pytest.fixture
async def behind(corner: Corner) -> AsyncIterator[list[Total]]:
    """Four hundred were answered, and the database remembers two hundred. The answers."""
    async with corner.client() as client:
        async with running(corner):
            replies = await asyncio.gather(*add_some(client))
        await back_up(corner)
        with process(corner) as child:
            replies += await asyncio.gather(*add_some(client))
            await until_settled(corner, 2 * SOME)
            await asyncio.sleep(0.5)  # the offsets follow the mark
            child.kill()
        await restore(corner)
    yield replies


async def test_what_was_forgotten_is_found_decided_again_once_and_then_all_agrees(
    corner: Corner, behind: list[Total]
) -> None:
    found = await mended(corner)
    assert (found.count(FORGOTTEN), found.count(ANNOUNCED)) == (SOME, SOME)
    async with running(corner):
        await until_settled(corner, 2 * SOME)
        await asyncio.sleep(0.5)
    each = 2 * SOME // ACCOUNTS
    assert versions(behind) == {f"a{n}": list(range(1, each + 1)) for n in range(ACCOUNTS)}
    rows = await corner.rows("select account, total, version from tallies")
    assert {r["account"]: r["total"] for r in rows} == {f"a{n}": each for n in range(ACCOUNTS)}
    assert (await corner.rows("select count(*) from inbox"))[0][0] == 2 * SOME
    told = Counter(mid for _, mid in await events(corner))
    assert len(told) == 2 * SOME, "what is decided again is announced under the same ids"
    assert Counter(told.values()) == {1: SOME, 2: SOME}
    again = await compare(corner, LONG_AGO)
    assert again.consistent, again
    settings = RuntimeSettings(**corner.settings())
    assert await run(SERVICE, settings, mending=False, since=None) == CONSISTENT


async def test_a_service_on_a_restored_database_takes_nothing_says_so_and_goes_on_when_mended(
    corner: Corner, behind: list[Total]
) -> None:
    async with running(corner) as service, corner.client() as client:
        asked = asyncio.create_task(client.ask(Add(account="a0", amount=1), timeout=60))
        await asyncio.sleep(1.5)
        problems = await service.health.problems()
        assert problems == {
            "restored": "the database is behind Kafka: run `portal reconcile tally`"
        }
        assert service.broken() == ""
        assert not asked.done(), "it decided on top of what it had forgotten"
        settings = RuntimeSettings(**corner.settings())
        assert await run(SERVICE, settings, mending=False, since=None) == GAPS
        await mended(corner)
        reply = total(await asked)
        assert reply.version == 2 * SOME // ACCOUNTS + 1, "the forgotten ones come first"
        await until_settled(corner, 2 * SOME + 1)
        for _ in range(50):
            if not await service.health.problems():
                break
            await asyncio.sleep(0.1)
        assert await service.health.problems() == {}


async def test_a_database_put_back_under_a_running_service_ends_it_before_it_decides(
    corner: Corner,
) -> None:
    async with corner.client() as client:
        async with running(corner):
            await asyncio.gather(*add_some(client))
        await back_up(corner)
        with process(corner) as child:
            await asyncio.gather(*add_some(client))
            await until_settled(corner, 2 * SOME)
            await restore(corner)
            late = asyncio.create_task(client.ask(Add(account="a0", amount=1), timeout=90))
            assert await asyncio.to_thread(child.wait, 30) == 1
        rows = await corner.rows("select sum(total) from tallies")
        assert rows[0][0] == SOME, "something was decided on the restored database"
        await mended(corner)
        async with running(corner):
            assert total(await late).version == 2 * SOME // ACCOUNTS + 1


async def test_after_a_restore_commands_wait_for_what_others_had_said(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision must not be made again on facts that are older than those it was made on."""
    await corner.isolation.make_topics((TopicSpec("other.events", 2),))
    settings = RuntimeSettings(**corner.settings())
    async with Running(listening.SERVICE, settings), corner.client() as client:
        await say(corner.isolation, "a", 1)
        await heard(client, 1)
        await asyncio.sleep(0.5)
        await dump(corner)
        await say(corner.isolation, "a", 2)
        await heard(client, 2)
        await asyncio.sleep(0.5)
    await restore(corner)
    await mended(corner, listening.SERVICE)
    reads = Pipeline._read

    async def slow(self: Pipeline, work: Any, records: list[ConsumerRecord]) -> None:
        if self.topic == "other.events":
            await asyncio.sleep(2)
        await reads(self, work, records)

    monkeypatch.setattr(Pipeline, "_read", slow)
    async with Running(listening.SERVICE, settings), corner.client() as client:
        reply = total(await client.ask(Repeat(account="a"), timeout=30))
        assert reply.version == 2
        for _ in range(50):
            if not await corner.rows("select * from catch_up"):
                break
            await asyncio.sleep(0.1)
        assert await corner.rows("select * from catch_up") == []


async def heard(client: Any, version: int) -> None:
    for _ in range(100):
        if (await client.ask(Repeat(account="a"), timeout=30)).version == version:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("never heard")


async def test_mending_is_refused_while_an_instance_is_in_the_group(corner: Corner) -> None:
    settings = RuntimeSettings(**corner.settings())
    async with running(corner), corner.client() as client:
        await client.ask(Add(account="a", amount=1))
        conn = await asyncpg.connect(settings.dsn("tally"))
        with pytest.raises(StillRunning):
            await mend(SERVICE, settings, conn, Report("tally"))
        await conn.close()


async def test_what_the_inbox_does_not_keep_counts_as_nothing_forgotten(corner: Corner) -> None:
    """Poison, a stranger's command and a refused one: taken all the same."""
    async with running(corner), corner.client() as client:
        await client.ask_raw("tally.add.v1", "a", b"{not json")
        await client.ask_raw("tally.add.v1", "a", b'{"account": "b", "amount": 1}')
        await client.ask_raw("tally.nonsense.v1", "a", b"{}")
        key = Signer.from_file(corner.keys / "demo-provider.private.pem", "nobody")
        await client.acting_as(PROVIDER, key).ask(Add(account="a", amount=1))
        await client.ask(Add(account="a", amount=13))
        await client.ask(Add(account="a", amount=1))
        await asyncio.sleep(0.5)
    report = await compare(corner, LONG_AGO)
    assert report.consistent, report.findings
