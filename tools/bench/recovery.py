"""From `kill -9` of an instance until all its partitions are worked on again, under load."""

import asyncio
import os
import re
import signal
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from portal_cli.services import ServiceProcess
from portal_client import PortalClient
from portal_client.errors import PortalClientError
from portal_client.wire import partition
from portal_contracts.ids import bucket
from tools.bench.load import MEMBERS, claim, member_id
from tools.bench.stand import Stand
from tools.bench.throughput import prepare

PART = "recovery"
PARTITIONS = range(8)
PAUSE = 0.05
"""Seconds between two commands to a partition: how finely the recovery is seen."""
PATIENCE = 60.0


@dataclass
class Answers:
    """When commands were sent and answered, by the partition of their key."""

    seen: dict[int, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, place: int, sent: float, answered: float) -> None:
        self.seen.setdefault(place, []).append((sent, answered))

    def worked_on(self, places: Collection[int], since: float) -> float | None:
        """When the last of the places had answered something sent after `since`; None: not yet.

        What was sent before may have been decided before, too: its late answer proves nothing.
        """
        firsts = []
        for place in places:
            answered = [done for sent, done in self.seen.get(place, ()) if sent > since]
            if not answered:
                return None
            firsts.append(min(answered))
        return max(firsts)


@dataclass(frozen=True)
class Recovery:
    """Seconds from the kill until the last of its partitions is worked on again."""

    restarted_s: float
    """Its working process was killed; the one that stands by forks the next (PORTAL_STANDBY)."""
    cold_s: float
    """Both were killed and started anew at once, imports and all."""
    gone_s: float
    """Nobody starts it again: the other instance takes its partitions."""


async def measure(stand: Stand) -> Recovery:
    """A static member that comes back in two ways, then is gone for good."""
    await prepare(stand, PART)
    stays = stand.process(PART, "claims", "0")
    dies = stand.process(PART, "claims", "1", PORTAL_STANDBY="1")
    with stand.services(stays, dies):
        await asyncio.sleep(5)  # until the group has shared its partitions out
        answers = Answers()
        async with _asking(stand, answers):
            await asyncio.sleep(3)  # each reports the partitions it has worked on
            ways = (_kill_worker, _kill_and_start, ServiceProcess.kill)
            restarted, cold, gone = [await _seconds(dies, kill, answers) for kill in ways]
    return Recovery(restarted, cold, gone)


async def _seconds(
    process: ServiceProcess, kill: Callable[[ServiceProcess], None], answers: Answers
) -> float:
    mine = await _owned(process)
    killed = time.perf_counter()
    kill(process)
    worked = await _until_worked_on(answers, mine, killed)
    await asyncio.sleep(3)
    return worked - killed


def _kill_worker(process: ServiceProcess) -> None:
    """Only the one that works."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    os.kill(int(children), signal.SIGKILL)


def _kill_and_start(process: ServiceProcess) -> None:
    process.kill()
    process.start()


async def _until_worked_on(answers: Answers, places: Collection[int], since: float) -> float:
    async with asyncio.timeout(PATIENCE):
        while (at := answers.worked_on(places, since)) is None:
            await asyncio.sleep(0.02)
    return at


async def _owned(process: ServiceProcess) -> set[int]:
    """Partitions an instance works on, as it says itself."""
    page = f"http://127.0.0.1:{process.port}/metrics"

    def read() -> str:
        with urllib.request.urlopen(page, timeout=5) as answer:
            return answer.read().decode()  # type: ignore[no-any-return]

    places = owned_partitions(await asyncio.to_thread(read))
    if not places:
        raise RuntimeError("the instance that is to be killed works on no partition")
    return places


def owned_partitions(metrics: str, topic: str = "claims.commands") -> set[int]:
    """Those whose lag it reports: it has fetched from each of them."""
    lags = re.findall(r"^portal_consumer_lag\{(.*)\}", metrics, re.MULTILINE)
    labels = [dict(re.findall(r'(\w+)="([^"]*)"', lag)) for lag in lags]
    return {int(one["partition"]) for one in labels if one["topic"] == topic}


@asynccontextmanager
async def _asking(stand: Stand, answers: Answers) -> AsyncIterator[None]:
    """Claims to every partition all the time, each without waiting for the one before."""
    async with stand.client(PART) as client, asyncio.TaskGroup() as group:
        asker = group.create_task(_ask_for_ever(client, answers))
        try:
            yield
        finally:
            asker.cancel()


async def _ask_for_ever(client: PortalClient, answers: Answers) -> None:
    homes = homes_of_members()
    number = 0
    async with asyncio.TaskGroup() as group:
        while True:
            for place in PARTITIONS:
                member = homes[place][number % len(homes[place])]
                group.create_task(_ask(client, answers, place, member + MEMBERS * number))
            number += 1
            await asyncio.sleep(PAUSE)


def homes_of_members() -> dict[int, list[int]]:
    """Numbers of members by the partition their claims are decided in."""
    homes: dict[int, list[int]] = {place: [] for place in PARTITIONS}
    for number in range(MEMBERS):
        key = bucket(member_id(number)).encode()
        homes[partition(key, PARTITIONS, PARTITIONS)].append(number)
    return homes


async def _ask(client: PortalClient, answers: Answers, place: int, number: int) -> None:
    sent = time.perf_counter()
    try:
        await client.ask(claim(number, datetime.now(UTC).date()), timeout=PATIENCE)
    except PortalClientError as error:
        raise RuntimeError(f"a claim got no answer: {type(error).__name__}") from None
    answers.add(place, sent, time.perf_counter())
