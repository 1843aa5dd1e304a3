"""What leaves a service: events, commands and replies as Kafka records, published in order."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    ProducerClosed,
    TopicAuthorizationFailedError,
)

from portal_runtime.observing.causes import cause
from portal_runtime.observing.failpoints import HALF_PUBLISHED, failpoint
from portal_runtime.observing.logs import logger
from portal_runtime.observing.metrics import LEFT_OUT
from portal_runtime.wire.encoding import Headers
from portal_runtime.wire.partitioner import partition_of

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
PLACES_LAST = 60.0
"""Seconds for which the partition of a key is remembered."""
LOOK_AGAIN = 1.0
"""Seconds until a topic that is not known is asked for again."""
TOPIC_PATIENCE = 5.0
"""Seconds within which Kafka must have described a topic; then we list its topics."""
RETIREMENT = 10.0
"""Seconds a replaced producer gets to deliver what it still holds."""


@dataclass(slots=True)
class Outgoing:
    """One record to publish. `partition` None: by the key."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers
    partition: int | None = None
    droppable: bool = False
    """An answer: its address came from outside, and a wrong one must not hold up the others."""


class Publisher:
    """Publishes with one idempotent producer, and retries until Kafka has taken everything.

    Records are packed into batches here, one per partition: a third of the cost of sending each
    by itself, and the order within a partition is the order given.
    """

    def __init__(self, bootstrap: str, service: str = "") -> None:
        self._bootstrap = bootstrap
        self._left_out = LEFT_OUT.labels(service)
        self._partitions: dict[str, frozenset[int]] = {}
        self._destinations: dict[tuple[str, bytes, int | None], TopicPartition] = {}
        self._producer: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()
        self._retired: set[asyncio.Task[None]] = set()
        self._failing: dict[TopicPartition, str] = {}
        self._fresh_until = 0.0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        self._producer = await self._open()

    async def stop(self) -> None:
        if self._producer is not None:
            await self._producer.stop()
        for task in self._retired:
            task.cancel()
        await asyncio.gather(*self._retired, return_exceptions=True)

    async def _open(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            acks="all",
            linger_ms=0,
            max_batch_size=262_144,
            max_request_size=1_048_000,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer

    async def _renew(self, failed: AIOKafkaProducer) -> None:
        """Replace a producer that failed, once for all who share it.

        A batch that an idempotent producer gave up leaves a gap in its sequence numbers, and Kafka
        refuses every later one of the partition. Only a new producer ID gets past that.
        """
        async with self._renewing:
            if self._producer is failed:
                self._producer = await self._open()
                task = asyncio.create_task(_retire(failed))
                self._retired.add(task)
                task.add_done_callback(self._retired.discard)

    @property
    def trouble(self) -> str:
        """What Kafka does not take at the moment, and why; empty when all is well."""
        return ", ".join(sorted({f"{p.topic}: {why}" for p, why in self._failing.items()}))

    def _look_again(self) -> None:
        """A topic may have gained partitions: then its keys have other partitions."""
        now = monotonic()
        if now > self._fresh_until:
            self._partitions.clear()
            self._destinations.clear()
            self._fresh_until = now + PLACES_LAST

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Returns when Kafka has acknowledged every record. Tries forever; cancel to give up."""
        self._look_again()
        groups: dict[TopicPartition, list[Outgoing]] = defaultdict(list)
        for record in records:
            tp = self._destinations.get((record.topic, record.key, record.partition))
            tp = tp or await self._partition_of(record)
            if tp is not None:
                groups[tp].append(record)
        await asyncio.gather(*(self._publish_to(tp, group) for tp, group in groups.items()))

    async def _publish_to(self, tp: TopicPartition, records: list[Outgoing]) -> None:
        start = 0
        while start < len(records):
            start += await self._send(tp, records[start:])
        failpoint(HALF_PUBLISHED)

    async def _send(self, tp: TopicPartition, records: list[Outgoing]) -> int:
        """Send as many of the records as fit into one Kafka batch; how many that were."""
        pause = FIRST_PAUSE
        while True:
            producer = self._live()
            try:
                builder, count = self._pack(records)
                sent = await producer.send_batch(builder, tp.topic, partition=tp.partition)
                await self._acknowledged(sent, producer)
                self._failing.pop(tp, None)
                return count
            except MessageSizeTooLargeError:
                # The sizes of all parts are bounded before; whatever gets here must not hold up the
                # rest. Its row of the journal or of `parked` remains.
                self._leave_out(records[0])
                return 1
            except KafkaError as error:
                self._failing[tp] = cause(error)
                logger().warning(
                    "publishing failed, trying again",
                    topic=tp.topic,
                    cause=cause(error),
                    pause=pause,
                )
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                await self._try_renewing(producer)

    def _leave_out(self, record: Outgoing) -> None:
        self._left_out.inc()
        mid = dict(record.headers).get("ce_id", b"").decode("ascii", "replace")[:36]
        logger().error("a record is too large for Kafka, left out", topic=record.topic, id=mid)

    async def _acknowledged(self, sent: Any, producer: AIOKafkaProducer) -> None:
        """Wait for as long as it takes, unless the producer was replaced and forgot about it."""
        while not (await asyncio.wait((sent,), timeout=RETIREMENT + 5))[0]:
            if self._producer is not producer:
                raise ProducerClosed
        sent.result()

    async def _try_renewing(self, failed: AIOKafkaProducer) -> None:
        try:
            await self._renew(failed)
        except KafkaError as error:  # Kafka is away: keep the old one
            logger().warning("no new producer yet", cause=cause(error))

    def _pack(self, records: list[Outgoing]) -> tuple[Any, int]:
        builder = self._live().create_batch()
        count = 0
        for record in records:
            packed = builder.append(
                key=record.key, value=record.value, timestamp=None, headers=record.headers
            )
            if packed is None:
                break
            count += 1
        builder.close()
        return builder, count

    async def _partition_of(self, record: Outgoing) -> TopicPartition | None:
        """Where the record goes; None for an answer to a partition that does not exist."""
        known = await self._partitions_of(record)
        if record.partition is not None:
            if record.partition in known:
                return TopicPartition(record.topic, record.partition)
            logger().warning("an answer has nowhere to go", topic=record.topic)
            return None
        if not known:
            return None
        tp = TopicPartition(record.topic, partition_of(record.key, len(known)))
        # Keys are few (1024 buckets, Tax IDs), so their partitions are remembered.
        if len(self._destinations) > 100_000:
            self._destinations.clear()
        self._destinations[record.topic, record.key, None] = tp
        return tp

    async def _partitions_of(self, record: Outgoing) -> frozenset[int]:
        known, nowhere = self._partitions.get(record.topic), TopicPartition(record.topic, -1)
        while known is None:
            try:
                async with asyncio.timeout(TOPIC_PATIENCE):
                    found = await self._live().partitions_for(record.topic)
                known = self._partitions[record.topic] = frozenset(found)
                self._failing.pop(nowhere, None)
            except (KafkaError, TimeoutError) as error:
                missing = await self._is_missing(record.topic)
                denied = isinstance(error, TopicAuthorizationFailedError)
                why = "the topic is missing" if missing and not denied else cause(error)
                logger().warning("topic unknown", topic=record.topic, cause=why)
                # Kafka is away: all wait. The topic is missing: an answer is given up.
                if record.droppable and missing:
                    self._failing.pop(nowhere, None)
                    return frozenset()
                self._failing[nowhere] = why
                await asyncio.sleep(LOOK_AGAIN)
        return known

    async def _is_missing(self, topic: str) -> bool:
        """Whether Kafka says that there is no such topic.

        aiokafka retries endlessly, and its error is the same when Kafka is away. Kafka also says so
        to a client that may not see the topic.
        """
        try:
            found = await self._live().client.fetch_all_metadata()
        except KafkaError:
            return False
        return topic not in found.topics()

    def _live(self) -> AIOKafkaProducer:
        assert self._producer is not None, "start() comes first"
        return self._producer


async def _retire(producer: AIOKafkaProducer) -> None:
    """Close a producer; nobody waits for what it still holds, the next one sends that."""
    try:
        async with asyncio.timeout(RETIREMENT):
            await producer.stop()
    except (TimeoutError, KafkaError):
        pass
