"""The process is killed at each failpoint: every command has one effect and one answer."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.integration.runtime.conftest import Corner
from tests.support.tally import Add, Total, total

ROOT = Path(__file__).parents[3]
COMMANDS = 400
ACCOUNTS = 5


@contextmanager
def process(
    corner: Corner, failpoint: str = "", instance: str = "0", **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """The tally service as a process of its own."""
    own = {
        "PORTAL_FAILPOINTS": failpoint,
        "PORTAL_BATCH_SIZE": "50",
        "PORTAL_INSTANCE": instance,
        **more,
    }
    env = {**os.environ, **corner.env(**own)}
    child = subprocess.Popen([sys.executable, "-m", "tests.support.tally"], cwd=ROOT, env=env)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


async def events(corner: Corner) -> list[tuple[str, str]]:
    """(account, id) of every event in the topic, in the order of each partition."""
    topic = corner.isolation.topic("tally.events")
    consumer = AIOKafkaConsumer(bootstrap_servers=corner.isolation.infra.kafka)
    await consumer.start()
    places = [TopicPartition(topic, p) for p in range(4)]
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    ends = await consumer.end_offsets(places)
    found = []
    while any([await consumer.position(p) < ends[p] for p in places]):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            found += [(r.key.decode(), dict(r.headers)["ce_id"].decode()) for r in records]
    await consumer.stop()
    return found


@pytest.mark.parametrize(
    "failpoint",
    [
        "taken:3",
        "loaded:3",
        "in_transaction:3",
        "in_transaction:3!raise,after_db_commit:4",
        "after_db_commit:1",
        "after_db_commit:3",
        "half_published:4",
        "after_publish:3",
        "after_mark",
        "after_offsets",
        "after_publish~0.3",
    ],
)
async def test_killed_at_a_failpoint_nothing_is_lost_or_done_twice(
    corner: Corner, failpoint: str
) -> None:
    async with corner.client() as client:
        asks = [
            asyncio.create_task(client.ask(Add(account=f"a{i % ACCOUNTS}", amount=1), timeout=60))
            for i in range(COMMANDS)
        ]
        with process(corner, failpoint) as first:
            died = await asyncio.to_thread(first.wait, 60)
            assert died == -signal.SIGKILL, "the failpoint was not reached"
        with process(corner):
            replies = [total(reply) for reply in await asyncio.gather(*asks)]
    by_account = Counter(r.account for r in replies)
    assert by_account == {f"a{i}": COMMANDS // ACCOUNTS for i in range(ACCOUNTS)}
    for account in by_account:
        answered = [r.version for r in replies if r.account == account]
        assert answered == list(range(1, COMMANDS // ACCOUNTS + 1))
    rows = await corner.rows("select account, body from tallies")
    totals = {r["account"]: r["body"] for r in rows}
    assert all(f'"total":{COMMANDS // ACCOUNTS}'.encode() in body for body in totals.values())
    published = await events(corner)
    assert len(set(published)) == COMMANDS, "an event is missing"


async def test_sigterm_under_load_finishes_what_it_began(corner: Corner) -> None:
    async with corner.client() as client:
        asks = [
            asyncio.create_task(client.ask(Add(account="a", amount=1), timeout=60))
            for _ in range(COMMANDS)
        ]
        with process(corner) as first:
            await asks[20]
            first.terminate()
            assert await asyncio.to_thread(first.wait, 30) == 0
        unpublished = await corner.rows("select count(*) from batches where not published")
        assert unpublished[0][0] == 0
        with process(corner):
            replies = await asyncio.gather(*asks)
    assert [r.version for r in replies if isinstance(r, Total)] == list(range(1, COMMANDS + 1))


async def test_instances_that_come_and_go_under_load_lose_and_repeat_nothing(
    corner: Corner,
) -> None:
    async with corner.client() as client:
        asks = []

        async def load() -> None:
            for i in range(1500):
                add = Add(account=f"a{i % 40}", amount=1)
                asks.append(asyncio.create_task(client.ask(add, timeout=60)))
                await asyncio.sleep(0.004)

        with process(corner) as first:
            loading = asyncio.create_task(load())
            await asyncio.sleep(3)
            with process(corner, instance="1"):
                await asyncio.sleep(2)
                first.terminate()
                await asyncio.to_thread(first.wait, 30)
                await loading
                replies = [total(reply) for reply in await asyncio.gather(*asks)]
    for account in range(40):
        versions = sorted(r.version for r in replies if r.account == f"a{account}")
        assert versions == list(range(1, len(versions) + 1))
    assert len(replies) == 1500
    rows = await corner.rows("select sum(total) from tallies")
    assert rows[0][0] == 1500
