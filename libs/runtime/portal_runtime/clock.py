"""The only clock. Rules get `now` from it; a demo or a test may move it, nothing else can.

The clock of the local stack is moved by a message on the topic `portal.clock`, which every service
with PORTAL_MOVABLE_CLOCK=1 follows; in production the topic is not read.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from portal_contracts.topics import CLOCK_TOPIC

KEY = b"clock"


class Clock:
    """System time plus an offset that is zero in production."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def real(self) -> datetime:
        return datetime.now(UTC)


class ClockFollower:
    """Keeps a clock at the offset that was published last."""

    def __init__(
        self, bootstrap: str, topic_prefix: str, clock: Clock, moved: Callable[[], None]
    ) -> None:
        self._place = TopicPartition(topic_prefix + CLOCK_TOPIC, 0)
        self._clock = clock
        self._moved = moved
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when the offset published before has been taken over."""
        self._consumer.assign([self._place])
        await self._consumer.start()
        end = (await self._consumer.end_offsets([self._place]))[self._place]
        while await self._consumer.position(self._place) < end:
            self._follow(await self._consumer.getone())
        self._task = asyncio.create_task(self._run(), name="clock")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._consumer.stop()

    def dead(self) -> bool:
        return self._task is not None and self._task.done()

    async def _run(self) -> None:
        while True:
            try:
                self._follow(await self._consumer.getone())
            except KafkaError:  # a follower that gave up would keep an old offset forever
                await asyncio.sleep(1)

    def _follow(self, record) -> None:  # type: ignore[no-untyped-def]  # aiokafka has no types
        try:
            self._clock.offset = timedelta(
                seconds=float(json.loads(record.value)["offset_seconds"])
            )
        except (ValueError, KeyError, TypeError, OverflowError):
            return
        self._moved()


async def move_clock(bootstrap: str, topic_prefix: str, offset: timedelta) -> None:
    """Set the clock of a local stack to real time plus `offset`."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    try:
        await producer.start()
        body = json.dumps({"offset_seconds": offset.total_seconds()}).encode()
        await producer.send_and_wait(topic_prefix + CLOCK_TOPIC, body, key=KEY, partition=0)
    finally:
        await producer.stop()
