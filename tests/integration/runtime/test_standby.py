"""A killed worker is followed at once by the next one, forked from the process that stands by."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from tests.integration.runtime.conftest import Corner
from tests.integration.runtime.test_crashes import process
from tests.support.tally import Add, Total


def workers(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    """Running, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_killed_worker_is_followed_by_the_next_and_nothing_is_lost(corner: Corner) -> None:
    async with corner.client() as client:
        with process(corner, PORTAL_STANDBY="1") as standing_by:
            assert await client.ask(Add(account="a", amount=1), timeout=60)
            (first,) = workers(standing_by.pid)
            os.kill(first, signal.SIGKILL)
            reply = await client.ask(Add(account="a", amount=1), timeout=60)
            assert reply == Total(account="a", total=2, version=2)
            (second,) = workers(standing_by.pid)
            assert second != first
            standing_by.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(standing_by.wait, 60) == 0
            assert not alive(second)


async def test_a_worker_that_ends_by_itself_ends_the_service(corner: Corner) -> None:
    """An orchestrator decides what happens then; here it lost its name."""
    async with corner.client() as client:
        with process(corner, PORTAL_STANDBY="1") as standing_by:
            assert await client.ask(Add(account="a", amount=1), timeout=60)
            await corner.rows("update instances set holder = gen_random_uuid()")
            assert await asyncio.to_thread(standing_by.wait, 60) == 1


async def test_whoever_kills_the_one_that_stands_by_kills_the_worker_too(corner: Corner) -> None:
    async with corner.client() as client:
        with process(corner, PORTAL_STANDBY="1") as standing_by:
            assert await client.ask(Add(account="a", amount=1), timeout=60)
            (worker,) = workers(standing_by.pid)
            standing_by.kill()
            for _ in range(100):
                if not alive(worker):
                    break
                await asyncio.sleep(0.05)
            assert not alive(worker)
