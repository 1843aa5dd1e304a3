"""Command to reply on an idle system, beside a raw Kafka echo in the same run."""

import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from portal_contracts.claims.replies import ClaimAccepted
from tools.bench.load import claim
from tools.bench.stand import Stand

WARM_UP = 300
"""Rounds not counted, of both: connections learn their statements, the JVM compiles."""
TURN = 50
"""Rounds of the one before the other has its turn."""


def percentile(values: list[float], share: float) -> float:
    """Milliseconds below which this share of the values (seconds) lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def measure(stand: Stand, part: str, rounds: int) -> tuple[list[float], list[float]]:
    """(seconds of an echo, seconds from sending a claim to holding its answer), `rounds` of each.

    One after another, some of each in turns: what else this machine does meets both.
    """
    echoes: list[float] = []
    commands: list[float] = []
    async with _echoing(stand) as echo, _asking(stand, part) as ask:
        while len(commands) < WARM_UP + rounds:
            for once, times in ((echo, echoes), (ask, commands)):
                times += [await _timed(once) for _ in range(TURN)]
    counted = slice(WARM_UP, WARM_UP + rounds)
    return echoes[counted], commands[counted]


async def _timed(once: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await once()
    return time.perf_counter() - began


@asynccontextmanager
async def _asking(stand: Stand, part: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """A claim, each of another patient, and its answer."""
    numbers, today = count(10_000_000), datetime.now(UTC).date()
    async with stand.client(part) as client:

        async def once() -> None:
            reply = await client.ask(claim(next(numbers), today))
            if not isinstance(reply, ClaimAccepted):
                raise RuntimeError(f"a claim was answered with {reply.TYPE}")

        yield once


@asynccontextmanager
async def _echoing(stand: Stand) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Bytes to a process and back: two hops of Kafka and nothing else."""
    for topic in ("echo.requests", "echo.replies"):
        await stand.make_topic(topic, 1)
    bootstrap = stand.addresses.kafka
    with stand.helper("echo", "tools.bench.latency", bootstrap):
        async with (
            AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0) as producer,
            AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer,
        ):
            place = TopicPartition("echo.replies", 0)
            consumer.assign([place])
            await consumer.seek_to_end(place)

            async def once() -> None:
                await producer.send("echo.requests", b"x" * 1500)
                await consumer.getone()

            await once()  # the process is there
            yield once


async def _echo(bootstrap: str) -> None:
    consumer = AIOKafkaConsumer(
        "echo.requests", bootstrap_servers=bootstrap, auto_offset_reset="earliest"
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
    await consumer.start()
    await producer.start()
    async for record in consumer:
        await producer.send("echo.replies", record.value)


if __name__ == "__main__":
    uvloop.run(_echo(sys.argv[1]))
