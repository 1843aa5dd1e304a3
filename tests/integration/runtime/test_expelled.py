"""Fault 20: deciding takes longer than Kafka waits for the next poll. The group goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from portal_runtime.consuming.pipeline import Pipeline
from portal_runtime.process.running import Running
from tests.integration.runtime.conftest import Corner, running
from tests.support.tally import Add

PARTITIONS = 4
# So few at a time that the stages are full and the poll itself has to wait.
IMPATIENT = {"max_poll_interval_ms": 3_000, "batch_size": 5}
COMMANDS = 60


def commands(service: Running) -> Pipeline:
    return next(p for p in service.pipelines if p.topic == "tally.commands")


def held(service: Running) -> set[int]:
    """Partitions of the commands that this instance believes it has."""
    return {place.partition for place in commands(service).consumer.assignment()}


def account_in(partitions: set[int]) -> str:
    """An account whose commands are in one of these partitions."""
    names = (f"a{n}" for n in range(1000))
    return next(a for a in names if (murmur2(a.encode()) & 0x7FFFFFFF) % PARTITIONS in partitions)


async def until(true: Callable[[], bool], seconds: float = 40) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


def refusals(service: Running) -> list[str]:
    """Filled with the errors that this instance's commits of offsets meet from now on."""
    consumer, found = commands(service).consumer, list[str]()
    commit = consumer.commit

    async def watched(offsets: dict[TopicPartition, int]) -> None:
        try:
            await commit(offsets)
        except KafkaError as error:
            found.append(type(error).__name__)
            raise

    consumer.commit = watched
    return found


async def watch_offsets(corner: Corner, found: list[tuple[int, int]]) -> None:
    """(messages behind the group's offsets, messages in the inbox), again and again."""
    admin = AIOKafkaAdminClient(bootstrap_servers=corner.isolation.infra.kafka)
    await admin.start()
    group = f"tally{corner.isolation.group_suffix}.tally.commands"
    try:
        while True:
            offsets = await admin.list_consumer_group_offsets(group)
            done = sum(max(0, at.offset) for at in offsets.values())
            # The inbox is looked at afterwards: it may only be ahead.
            inbox = (await corner.rows("select count(*) from inbox"))[0][0]
            found.append((done, inbox))
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def test_who_decides_for_too_long_is_expelled_and_every_command_has_one_effect(
    corner: Corner,
) -> None:
    async with (
        running(corner, instance="a", **IMPATIENT) as first,
        running(corner, instance="b", **IMPATIENT) as second,
        corner.client() as client,
    ):
        await until(lambda: len(held(first)) == len(held(second)) == PARTITIONS // 2)
        account = account_in(held(first))
        assert await client.ask(Add(account=account, amount=1))
        refused, seen = refusals(first), list[tuple[int, int]]()
        watching = asyncio.create_task(watch_offsets(corner, seen))
        asks = await hold_up(corner, client, account, lambda: len(held(second)) == PARTITIONS)
        replies = await asyncio.gather(*asks)
        assert sorted(r.version for r in replies) == list(range(2, COMMANDS + 2))
        assert refused, "the instance that was given up has moved the offsets of the other"
        await both_go_on(first, second, client)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
    assert seen and all(done <= inbox for done, inbox in seen), seen
    total = await corner.rows("select total from tallies where account = $1", account)
    assert total[0][0] == COMMANDS + 1 + (1 if account in EVERYWHERE else 0)
    added = await corner.rows("select count(*) from journal where type = 'tally.added.v1'")
    assert added[0][0] == COMMANDS + 1 + len(EVERYWHERE)
    assert await corner.rows("select reason from parked") == []


async def hold_up(
    corner: Corner, client: Any, account: str, over: Callable[[], bool]
) -> list[asyncio.Task[Any]]:
    """Ask, with the row of the account locked until it is over; deciding waits for it."""
    conn = await asyncpg.connect(corner.isolation.dsn("tally"))
    try:
        async with conn.transaction():
            await conn.execute("select 1 from tallies where account = $1 for update", account)
            asks = [
                asyncio.create_task(client.ask(Add(account=account, amount=1), timeout=90))
                for _ in range(COMMANDS)
            ]
            await until(over)
            assert not any(a.done() for a in asks)
    finally:
        await conn.close()
    return asks


EVERYWHERE = [account_in({p}) for p in range(PARTITIONS)]


async def both_go_on(first: Running, second: Running, client: Any) -> None:
    """Each has its share again, answers, and found nothing to end itself for."""
    await until(lambda: len(held(first)) == len(held(second)) == PARTITIONS // 2)
    await asyncio.gather(*(client.ask(Add(account=a, amount=1), timeout=30) for a in EVERYWHERE))
    assert (first.broken(), second.broken()) == ("", "")
