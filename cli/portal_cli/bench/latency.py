"""Command to reply on an idle system, beside a raw Kafka echo in the same run."""

import asyncio
import sys
import time
from datetime import UTC, datetime

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from portal_cli.bench.load import PRINCIPAL, claim
from portal_cli.bench.stand import Stand
from portal_client import PortalClient
from portal_contracts.claims.events import ClaimAccepted

WARM_UP = 300
"""Rounds not counted, of both: connections learn their statements, the JVM compiles."""


def percentile(values: list[float], share: float) -> float:
    """Milliseconds below which this share of the values (seconds) lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def commands(stand: Stand, part: str, count: int) -> list[float]:
    """Seconds from sending a claim to holding its answer, one after another."""
    client = PortalClient(
        stand.addresses.kafka,
        caller="bench",
        principal=PRINCIPAL,
        signer=stand.signer(),
        topic_prefix=f"{part}.",
    )
    today = datetime.now(UTC).date()
    times: list[float] = []
    async with client:
        for number in range(WARM_UP + count):
            command = claim(10_000_000 + number, today)
            began = time.perf_counter()
            reply = await client.ask(command)
            times.append(time.perf_counter() - began)
            if not isinstance(reply, ClaimAccepted):
                raise RuntimeError(f"a claim was answered with {reply.TYPE}")
    return times[WARM_UP:]


async def echo(stand: Stand, count: int) -> list[float]:
    """Seconds for bytes to a process and back: two hops of Kafka and nothing else."""
    for topic in ("echo.requests", "echo.replies"):
        await stand.make_topic(topic, 1)
    bootstrap = stand.addresses.kafka
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "portal_cli.bench.latency", bootstrap
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await producer.start()
    await consumer.start()
    try:
        place = TopicPartition("echo.replies", 0)
        consumer.assign([place])
        await consumer.seek_to_end(place)
        return (await _rounds(producer, consumer, WARM_UP + count))[WARM_UP:]
    finally:
        child.terminate()
        await child.wait()
        await producer.stop()
        await consumer.stop()


async def _rounds(
    producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, count: int
) -> list[float]:
    await producer.send_and_wait("echo.requests", b"first")
    await consumer.getone()  # the echo is there
    times: list[float] = []
    for _ in range(count):
        began = time.perf_counter()
        await producer.send("echo.requests", b"x" * 1500)
        await consumer.getone()
        times.append(time.perf_counter() - began)
    return times


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
