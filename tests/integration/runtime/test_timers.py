"""Timers: fired once, never early, also after a kill; cancelling cancels; a clock can be moved."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta

from portal_runtime.clock import move_clock
from portal_runtime.process.running import Running
from portal_runtime.settings import RuntimeSettings
from tests.integration.runtime.conftest import Corner
from tests.integration.runtime.test_crashes import process
from tests.support.tally import SERVICE, Add


def running(corner: Corner, **more: object) -> Running:
    return Running(SERVICE, RuntimeSettings(**corner.settings(**more)))


async def reminders(corner: Corner, account: str = "a") -> int:
    rows = await corner.rows(
        "select count(*) from journal where type = 'tally.reminded.v1' and subject = $1", account
    )
    return int(rows[0][0])


async def eventually(corner: Corner, count: int, account: str = "a") -> None:
    for _ in range(200):
        if await reminders(corner, account) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the timer did not fire")


async def test_a_timer_fires_once_and_not_early(corner: Corner) -> None:
    async with running(corner), corner.client() as client:
        await client.ask(Add(account="a", amount=1, remind_in_ms=800))
        await asyncio.sleep(0.4)
        assert await reminders(corner) == 0
        await eventually(corner, 1)
        await asyncio.sleep(0.5)
        assert await reminders(corner) == 1
        early = await corner.rows(
            "select r.at - s.at < interval '800 ms' from journal r, journal s "
            "where r.type = 'tally.reminded.v1' and s.type = 'tally.added.v1'"
        )
        assert [r[0] for r in early] == [False]


async def test_cancelling_cancels_and_setting_again_replaces(corner: Corner) -> None:
    async with running(corner), corner.client() as client:
        await client.ask(Add(account="a", amount=1, remind_in_ms=300))
        await client.ask(Add(account="a", amount=1, cancel=True))
        await client.ask(Add(account="b", amount=1, remind_in_ms=100_000))
        await client.ask(Add(account="b", amount=1, remind_in_ms=100))
        await eventually(corner, 1, "b")
        await asyncio.sleep(0.5)
        assert await reminders(corner) == 0
        assert await corner.rows("select key from timers") == []


async def test_a_moved_clock_makes_a_far_timer_due(corner: Corner) -> None:
    async with running(corner, movable_clock=True), corner.client() as client:
        await client.ask(Add(account="a", amount=1, remind_in_ms=90 * 86_400_000))
        infra, prefix = corner.isolation.infra, corner.isolation.topic_prefix
        await move_clock(infra.kafka, prefix, timedelta(days=91))
        await eventually(corner, 1)


async def test_killed_between_publishing_and_deleting_it_still_fires_once(corner: Corner) -> None:
    async with corner.client() as client:
        with process(corner, "timer_published:1") as first:
            await client.ask(Add(account="a", amount=1, remind_in_ms=10), timeout=60)
            assert await asyncio.to_thread(first.wait, 30) == -signal.SIGKILL
        with process(corner):
            await eventually(corner, 1)
            await client.ask(Add(account="a", amount=1))
            assert await reminders(corner) == 1
    assert await corner.rows("select key from timers") == []


async def test_timers_due_while_the_service_was_down_fire_late(corner: Corner) -> None:
    async with corner.client() as client:
        async with running(corner):
            await asyncio.gather(
                *(client.ask(Add(account=f"c{i}", amount=1, remind_in_ms=1000)) for i in range(50))
            )
        await asyncio.sleep(1.2)
        async with running(corner):
            for i in range(50):
                await eventually(corner, 1, f"c{i}")
