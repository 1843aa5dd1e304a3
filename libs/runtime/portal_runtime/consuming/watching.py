"""How one topic's consumer is doing: its lag, whether it stalls, and what it never got to see."""

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic, time
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from portal_runtime.observing.logs import logger
from portal_runtime.observing.metrics import LAG, MISSED

SILENCE = 15.0
"""Seconds without any answer to a fetch (one is due at least every half second)."""
STALLED = 30.0
"""Seconds in which nothing was taken although there is something."""
STUCK = 60.0
"""Seconds in which nothing that was taken was finished."""


class Watch:
    """Looks at a consumer; asks the brokers only where a message seems to be missing."""

    def __init__(self, service: str, topic: str, consumer: Callable[[], Any]) -> None:
        self._service = service
        self._topic = topic
        self._consumer = consumer
        self._done: dict[TopicPartition, int] = {}
        self._expected: dict[TopicPartition, int] = {}
        self._shown: set[int] = set()
        self._moved_at = monotonic()
        MISSED.labels(service, topic)  # at zero, so that the first increase is seen

    def moved(self) -> None:
        """Something was taken or finished."""
        self._moved_at = monotonic()

    def taken(self, records: Iterable[ConsumerRecord]) -> None:
        """The first message of a newly assigned partition is where its progress begins."""
        for record in records:
            self._done.setdefault(TopicPartition(record.topic, record.partition), record.offset)

    def committed(self, offsets: dict[TopicPartition, int]) -> None:
        self._done.update(offsets)

    def handed_out(self) -> None:
        """Partitions were reassigned: only Kafka knows how far they are."""
        self._done.clear()
        self._expected.clear()
        self.moved()
        for partition in self._shown:
            LAG.remove(self._service, self._topic, str(partition))
        self._shown.clear()

    def silent(self) -> bool:
        """Whether the brokers have long left this topic's fetches unanswered. Idle is not
        silent."""
        consumer = self._consumer()
        if consumer is None:
            return True
        heard = [consumer.last_poll_timestamp(p) for p in consumer.assignment()]
        return any(heard) and max(h or 0 for h in heard) < (time() - SILENCE) * 1000

    def stalled(self, in_flight: int) -> bool:
        """Whether messages wait and none has been taken for long, or none that was is finished."""
        still = monotonic() - self._moved_at
        if in_flight:
            return still > STUCK
        return still > STALLED and any(self._lags().values())

    async def measure_lag(self, in_flight: int) -> None:
        """Set the lag metric from what the fetches reported; no request is sent.

        Topics that are taken together count together: by the name of the commands.
        """
        await self._follow(in_flight)
        for partition, lag in self._lags().items():
            self._shown.add(partition)
            LAG.labels(self._service, self._topic, str(partition)).set(lag)

    async def _follow(self, in_flight: int) -> None:
        """Where nothing was taken yet, progress is where the consumer began: the committed offset.

        With nothing in flight, everything before its position is done. The position also moves past
        transaction markers, which are not waiting messages.
        """
        consumer = self._consumer()
        tps = consumer.assignment() if consumer is not None else ()
        for tp in [p for p in tps if consumer.highwater(p) is not None]:
            if in_flight and tp in self._done:
                continue
            try:
                async with asyncio.timeout(0):  # known since the first fetch, or not at the moment
                    position = await consumer.position(tp)
            except (KafkaError, TimeoutError):
                continue
            self._done[tp] = max(position, self._done.get(tp, 0))

    def _lags(self) -> dict[int, int]:
        """By partition, of those that Kafka has reported since they were assigned."""
        consumer, lags = self._consumer(), dict[int, int]()
        for tp in consumer.assignment() if consumer is not None else ():
            end, done = consumer.highwater(tp), self._done.get(tp)
            if end is not None and done is not None:
                lags[tp.partition] = lags.get(tp.partition, 0) + max(0, end - done)
        return lags

    async def look_for_gaps(self, records: Iterable[ConsumerRecord]) -> None:
        """Kafka deletes by age and size, whether or not a message was read: report that."""
        for record in records:
            tp = TopicPartition(record.topic, record.partition)
            expected = self._expected.get(tp)
            if expected is None:
                expected = await self._consumer().committed(tp)
            if expected is not None and expected < record.offset:
                await self._miss(tp, expected)
            self._expected[tp] = record.offset + 1

    async def _miss(self, tp: TopicPartition, expected: int) -> None:
        """Producers' transactions also leave gaps in the offsets; those are not messages."""
        kept = (await self._consumer().beginning_offsets([tp]))[tp]
        if kept > expected:
            MISSED.labels(self._service, self._topic).inc(kept - expected)
            logger().error(
                "messages were deleted before they were taken",
                topic=self._topic,
                partition=tp.partition,
                count=kept - expected,
            )
