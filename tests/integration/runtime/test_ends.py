"""A process that cannot go on ends, so that another one takes its place."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import asyncpg

from tests.integration.runtime.conftest import Corner, running
from tests.integration.runtime.test_crashes import ROOT, process
from tests.support.tally import Add, Total, total


async def test_a_process_whose_name_was_taken_ends(corner: Corner) -> None:
    """Frozen, given up, replaced under the same name; then it wakes: it must not stand there."""
    async with corner.client() as client:
        with process(corner) as first:
            assert await client.ask(Add(account="a", amount=1), timeout=30)
            os.kill(first.pid, signal.SIGSTOP)
            with process(corner):
                reply = await client.ask(Add(account="a", amount=1), timeout=30)
                assert reply == Total(account="a", total=2, version=2)
                os.kill(first.pid, signal.SIGCONT)
                assert await asyncio.to_thread(first.wait, 30) == 1
                reply = await client.ask(Add(account="a", amount=1), timeout=30)
                assert reply == Total(account="a", total=3, version=3)


async def test_a_process_whose_name_was_taken_ends_although_a_batch_hangs(corner: Corner) -> None:
    async with corner.client() as client:
        with process(corner) as first:
            assert await client.ask(Add(account="a", amount=1), timeout=30)
            conn = await asyncpg.connect(corner.isolation.dsn("tally"))
            async with conn.transaction():
                await conn.execute("lock table tallies in access exclusive mode")
                asked = asyncio.create_task(client.ask(Add(account="a", amount=1), timeout=60))
                await asyncio.sleep(0.5)
                await corner.rows("update instances set holder = gen_random_uuid()")
                # Waiting for the batch would take 20 seconds, and 20 more for its consumer.
                assert await asyncio.to_thread(first.wait, 15) == 1
            await conn.close()
        with process(corner):
            assert await asked == Total(account="a", total=2, version=2)


async def test_a_consumer_whose_fetching_has_ended_ends_the_process(corner: Corner) -> None:
    async with running(corner) as service, corner.client() as client:
        assert await client.ask(Add(account="a", amount=1))
        assert service.broken() == ""
        service.pipelines[0].consumer._fetcher._fetch_task.cancel()
        await asyncio.sleep(0.1)
        assert "tally.commands" in service.broken()


async def test_a_start_that_fails_ends_the_process_although_closing_hangs(corner: Corner) -> None:
    """As when Kafka goes away between joining and reading: aiokafka's own closing waits for it."""
    code = (
        "from faststream.kafka import KafkaBroker\n"
        "from tests.support.tally import SERVICE\n"
        "from portal_runtime.process.run import run\n"
        "import asyncio\n"
        "async def fails(self): raise ConnectionError('gone')\n"
        "async def hangs(self, *_): await asyncio.Event().wait()\n"
        "KafkaBroker.start, KafkaBroker.stop = fails, hangs\n"
        "run(SERVICE)\n"
    )
    env = {**os.environ, **corner.env()}
    failing = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    )
    try:
        _, said = await asyncio.to_thread(failing.communicate, timeout=60)
    finally:
        failing.kill()
        failing.wait()
    assert failing.returncode == 1
    assert "starting failed" in said
    assert "the connection broke off" in said and "ConnectionError" in said
    assert "gone" not in said and "Traceback" not in said, "an error's own words may quote data"


async def test_a_fault_in_reading_ends_the_process_and_skips_nothing(corner: Corner) -> None:
    async with corner.client() as client:
        with process(corner, "taken:2!raise") as first:
            assert await client.ask(Add(account="a", amount=1), timeout=30)
            asks = [
                asyncio.create_task(client.ask(Add(account="a", amount=1), timeout=60))
                for _ in range(10)
            ]
            assert await asyncio.to_thread(first.wait, 60) == 1
        with process(corner):
            replies = await asyncio.gather(*asks)
        assert [total(r).version for r in replies] == list(range(2, 12))
