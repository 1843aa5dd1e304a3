"""Fault 10: the disk of Kafka's log is full. What was accepted is published when there is room."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from portal_cli.infra.base import silent
from portal_cli.infra.kafka import KafkaServer
from portal_runtime.process.running import Running
from tests.integration.runtime.conftest import TOPICS, Corner, running
from tests.integration.runtime.test_crashes import events
from tests.integration.runtime.test_rights_and_room import small_file_system, until_well
from tests.support.infra import Infra
from tests.support.isolation import Isolation
from tests.support.tally import Add, Total

SIZE, ROOM = "32m", "256m"
ACCOUNTS = "abcdefgh"
COMMANDS = 400
PATIENCE = 240.0
"""Seconds for all of it: a run that hangs is a run that failed."""


@pytest.fixture
def disk() -> Iterator[Path]:
    yield from small_file_system(SIZE)


@pytest.fixture
async def kafka(disk: Path, tmp_path: Path) -> AsyncIterator[KafkaServer]:
    """A broker of its own, with its log on the small disk."""
    server = KafkaServer(disk / "kafka", 0, tmp_path / "logs")
    await asyncio.to_thread(server.start, silent)
    yield server
    server.kill()


@pytest.fixture
async def again(kafka: KafkaServer, disk: Path, tmp_path: Path) -> AsyncIterator[KafkaServer]:
    """The same broker, to be started anew; it outlives the service, which says goodbye to it."""
    server = KafkaServer(disk / "kafka", kafka.port, tmp_path / "logs-again")
    yield server
    server.kill()


@pytest.fixture
async def cramped(corner: Corner, infra: Infra, kafka: KafkaServer) -> Corner:
    """The corner of this test, with the messages on that broker."""
    isolation = Isolation(replace(infra, kafka=f"127.0.0.1:{kafka.port}"), corner.isolation.token)
    await isolation.make_topics(TOPICS)
    return Corner(isolation, corner.keys)


async def test_what_was_accepted_while_kafkas_disk_was_full_is_published_when_there_is_room(
    cramped: Corner, kafka: KafkaServer, again: KafkaServer, disk: Path
) -> None:
    async with asyncio.timeout(PATIENCE), running(cramped) as service, cramped.client() as client:
        assert await client.ask(Add(account="a", amount=1), timeout=30)
        lock = await asyncpg.connect(cramped.isolation.dsn("tally"))
        await lock.execute("begin; lock table tallies in access exclusive mode")
        asks = [
            asyncio.create_task(client.ask(Add(account=ACCOUNTS[n % 8], amount=1), timeout=120))
            for n in range(COMMANDS)
        ]
        await asyncio.sleep(2)  # they are in Kafka, and wait for the lock
        fill(disk)
        await lock.close()
        await until_dead(kafka)
        assert await trouble(service)
        assert service.broken() == "", "it waits, it does not give up"
        held = await unpublished(cramped)
        assert held, "nothing was accepted that Kafka had no room for"
        (disk / "ballast").unlink()
        subprocess.run(["mount", "-o", f"remount,size={ROOM}", str(disk)], check=True)
        await asyncio.to_thread(again.start, silent)
        answers = await asyncio.gather(*asks)
        await until_well(service)
        told = [told for _, told in await events(cramped)]
    assert len([a for a in answers if isinstance(a, Total)]) == COMMANDS
    journal = [str(row[0]) for row in await cramped.rows("select id from journal order by n")]
    assert len(journal) == COMMANDS + 1
    assert set(told) == set(journal)
    assert await unpublished(cramped) == 0
    assert await cramped.rows("select reason from parked") == []


def fill(disk: Path) -> None:
    """To the last byte."""
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        try:
            while ballast.write(b"x" * 4096):
                pass
        except OSError:
            return


async def until_dead(kafka: KafkaServer) -> None:
    """A broker whose only log directory fails ends itself."""
    async with asyncio.timeout(60):
        while kafka.alive:
            await asyncio.sleep(0.1)


async def trouble(service: Running) -> str:
    for _ in range(300):
        if said := (await service.health.problems()).get("kafka", ""):
            return said
        await asyncio.sleep(0.1)
    return ""


async def unpublished(corner: Corner) -> int:
    rows = await corner.rows(
        "select count(*) from journal j join batches b on b.id = j.batch where not b.published"
    )
    return int(rows[0][0])
