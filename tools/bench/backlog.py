"""Memory of a service that finds a million messages waiting, beside one that finds a few."""

import asyncio
import re
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import psutil
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from portal_cli.services import ServiceProcess
from portal_client.wire import partition
from portal_contracts import envelope as e
from portal_contracts.providers.events import ProviderChanged
from tools.bench.load import provider
from tools.bench.stand import Stand

PART, TOPIC = "backlog", "providers.events"
PARTITIONS = range(8)
PROVIDERS = 1_000
SHORT = 20_000
"""Messages that are worked off at once: what the service needs for working at all."""
SECONDS = 60.0
"""Longest look at the long backlog: memory that grew with it would have grown by then."""


@dataclass(frozen=True)
class Backlog:
    messages: int
    worked: int
    rss_mb: float
    """Before the first message was finished."""
    rss_peak_mb: float
    rss_short_mb: float
    """Peak with the short backlog."""


@dataclass
class Watched:
    """What was seen of one run of the service."""

    first_mb: float = 0.0
    peak_mb: float = 0.0
    worked: int = 0

    def see(self, mb: float, worked: int) -> None:
        if not worked or not self.first_mb:
            self.first_mb = mb
        self.peak_mb, self.worked = max(self.peak_mb, mb), worked


async def measure(stand: Stand, messages: int) -> Backlog:
    """Facts of providers: small, valid, and nobody has to sign them."""
    await stand.prepare(PART, ("claims",))
    await _publish(stand, SHORT)
    short = await _watch(stand, SHORT)
    await _publish(stand, messages)
    long = await _watch(stand, messages)
    return Backlog(messages, long.worked, long.first_mb, long.peak_mb, short.peak_mb)


async def _watch(stand: Stand, waiting: int) -> Watched:
    """Until everything is worked off, or long enough."""
    process, seen = stand.process(PART, "claims"), Watched()
    with stand.services(process):
        deadline = time.monotonic() + SECONDS
        while seen.worked < waiting and time.monotonic() < deadline:
            seen.see(_rss(process), decided(await asyncio.to_thread(_metrics, process.port)))
            await asyncio.sleep(0.2)
    return seen


def _rss(process: ServiceProcess) -> float:
    if not process.alive or process.pid is None:
        raise RuntimeError("the service ended over its backlog; see its log")
    return float(psutil.Process(process.pid).memory_info().rss) / 1e6


def _metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        return answer.read().decode()  # type: ignore[no-any-return]


def decided(metrics: str, topic: str = TOPIC) -> int:
    """Messages of the topic that the service has finished, new or not."""
    found = re.findall(r"^portal_messages_total\{(.*)\} (\S+)$", metrics, re.MULTILINE)
    return int(sum(float(value) for labels, value in found if f'topic="{topic}"' in labels))


async def _publish(stand: Stand, count: int) -> None:
    """In whole batches, one after another for each partition."""
    topic = f"{PART}.{TOPIC}"
    facts = [_fact(number) for number in range(PROVIDERS)]
    homes = [partition(f.key().encode(), PARTITIONS, PARTITIONS) for f in facts]
    ready = [(f.key().encode(), f.model_dump_json().encode()) for f in facts]
    async with stand.producer() as producer:
        builders: dict[int, BatchBuilder] = {}
        for number in range(count):
            place, (key, body) = homes[number % PROVIDERS], ready[number % PROVIDERS]
            while not _appended(builders.setdefault(place, producer.create_batch()), key, body):
                await producer.send_batch(builders.pop(place), topic, partition=place)
        await _finish(producer, builders, topic)


def _appended(builder: BatchBuilder, key: bytes, body: bytes) -> bool:
    """False when the batch is full."""
    now = datetime.now(UTC)
    headers = [
        (e.ID, str(uuid4()).encode()),
        (e.TYPE, ProviderChanged.TYPE.encode()),
        (e.SOURCE, b"providers"),
        (e.TIME, now.isoformat().encode()),
    ]
    stamp = int(now.timestamp() * 1000)
    return builder.append(key=key, value=body, timestamp=stamp, headers=headers) is not None


async def _finish(
    producer: AIOKafkaProducer, builders: dict[int, BatchBuilder], topic: str
) -> None:
    for place, builder in builders.items():
        await producer.send_batch(builder, topic, partition=place)
    await producer.flush()


def _fact(number: int) -> ProviderChanged:
    """One of a thousand providers; told again and again, as a feed does."""
    return provider().model_copy(update={"npi": f"{1_000_000_000 + number}"})
