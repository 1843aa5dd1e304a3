"""One topic's messages through overlapped stages: read, decide, publish, settle. Offsets last.

FastStream's batch subscriber hands over raw records; its own parser would decode headers and lose a
batch over a bad one, and every one of its acknowledgement policies but MANUAL commits too early.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import monotonic, perf_counter, time
from typing import Any, TypeVar

from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from portal_contracts import topics
from portal_contracts.common import Problem, Refused
from portal_runtime.batch import Batch
from portal_runtime.contact import Contact
from portal_runtime.engine import BY_SERVERS, FIRST_PAUSE, LONGEST_PAUSE, Engine
from portal_runtime.failpoints import (
    AFTER_DB_COMMIT,
    AFTER_MARK,
    AFTER_OFFSETS,
    AFTER_PUBLISH,
    TAKEN,
    failpoint,
)
from portal_runtime.incoming import Arrival, Reader
from portal_runtime.logs import logger, where
from portal_runtime.metrics import BATCH, LAG, MESSAGES, MISSED, STAGE
from portal_runtime.outbox import Outbox
from portal_runtime.outgoing import Outgoing, Publisher

T = TypeVar("T")
SETTLE_AFTER = 0.05
"""Seconds; what dies meanwhile comes again and is recognised."""
REVOCATION_PATIENCE = 15.0
"""Seconds a rebalance waits for batches in flight; then the inbox and versions must protect us."""
SILENCE = 15.0
"""Seconds without any answer to a fetch (one is due at least every half second)."""
STALLED = 30.0
"""Seconds in which nothing was taken although there is something."""
WRONG_PARTITION = Refused(
    problems=(
        Problem(
            code="wrong_partition",
            message="The message is not in the partition of its key. Use the partitioner murmur2 "
            "(librdkafka: partitioner=murmur2_random), so that messages are decided in order.",
        ),
    )
)
BREATH = 64
"""Messages read between two breaths of the event loop, so queries and heartbeats get their turn."""


@dataclass(slots=True)
class _Work:
    """A batch on its way through the stages."""

    arrivals: list[Arrival]
    generation: int
    batches: list[Batch]


class Pipeline:
    """Reads, decides and publishes the messages of one topic."""

    def __init__(
        self,
        service: str,
        topic: str,
        reader: Reader,
        engine: Engine,
        outbox: Outbox,
        publisher: Publisher,
        after: Callable[[Batch], None] = lambda _: None,
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`turn`: what must happen before anything is read; asked for at each read."""
        self.topic = topic
        self._service = service
        self._reader = reader
        self._engine = engine
        self._outbox = outbox
        self._publisher = publisher
        self._after = after
        self._turn = turn
        self._to_decide: asyncio.Queue[_Work] = asyncio.Queue(1)
        self._to_publish: asyncio.Queue[_Work] = asyncio.Queue(1)
        self._to_settle: asyncio.Queue[_Work] = asyncio.Queue(64)
        self._generation = 0
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: list[asyncio.Task[None]] = []
        self._subscriber: Any = None
        self._committed: dict[TopicPartition, int] = {}
        self._expected: dict[TopicPartition, int] = {}
        self._homes: dict[bytes | None, int] = {}
        self._taken_at = monotonic()
        self._failed = ""
        self._indebted = False
        self.contact = Contact()

    def subscribe(self, broker: KafkaBroker, settings: Any) -> None:
        """Declare the FastStream subscriber of this topic, and of what is taken with it."""
        self._subscriber = broker.subscriber(
            *(settings.topic_prefix + topic for topic in topics.taken_together(self.topic)),
            # By range: a partition of the bulk topic goes where that of the commands goes.
            partition_assignment_strategy=(RangePartitionAssignor, RoundRobinPartitionAssignor),
            group_id=settings.group(self._service, self.topic),
            group_instance_id=f"{self._service}-{settings.instance}-{self.topic}",
            batch=True,
            max_records=settings.batch_size,
            batch_timeout_ms=settings.poll_ms,
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            auto_offset_reset="earliest",
            listener=_Listener(self),
            parser=raw_parser,
            decoder=raw_decoder,
            session_timeout_ms=8_000,
            heartbeat_interval_ms=1_000,
            max_poll_interval_ms=settings.max_poll_interval_ms,
            fetch_max_wait_ms=500,
            max_partition_fetch_bytes=2 * 1024 * 1024,
        )
        self._subscriber(self._take)

    def start(self) -> None:
        """Start the stages behind the first one; FastStream runs that."""
        self._tasks = [
            asyncio.create_task(
                self._run(self._to_decide, self._decide), name=f"decide {self.topic}"
            ),
            asyncio.create_task(
                self._run(self._to_publish, self._publish), name=f"publish {self.topic}"
            ),
            asyncio.create_task(
                self._run(self._to_settle, self._settle), name=f"settle {self.topic}"
            ),
        ]

    @property
    def consumer(self) -> Any:
        return self._subscriber.consumer if self._subscriber is not None else None

    def silent(self) -> bool:
        """Whether the brokers have long not answered this topic's fetches. Idle is not silent."""
        consumer = self.consumer
        if consumer is None:
            return True
        heard = [consumer.last_poll_timestamp(p) for p in consumer.assignment()]
        return any(heard) and max(h or 0 for h in heard) < (time() - SILENCE) * 1000

    def stalled(self) -> bool:
        """Whether messages wait and nothing has been taken or finished for long."""
        consumer = self.consumer
        if consumer is None or self._in_flight or monotonic() - self._taken_at < STALLED:
            return False
        for place in consumer.assignment():
            end, done = consumer.highwater(place), self._committed.get(place)
            if end is not None and done is not None and done < end:
                return True
        return False

    def measure_lag(self) -> None:
        """Set the lag metric from what the fetches told; costs no question to the brokers.

        Topics that are taken together count together: by the name of the commands.
        """
        consumer, lags = self.consumer, dict[int, int]()
        for place in consumer.assignment() if consumer is not None else ():
            end = consumer.highwater(place)
            done = self._committed.get(place)
            if end is not None and done is not None:
                lags[place.partition] = lags.get(place.partition, 0) + max(0, end - done)
        for partition, lag in lags.items():
            LAG.labels(self._service, self.topic, str(partition)).set(lag)

    def dead_stage(self) -> str:
        """Name of a stage that has ended, which none may while the service runs."""
        if self.contact.lost():
            return f"consumer of {self.topic}, refused by Kafka"
        return self._failed or next((task.get_name() for task in self._tasks if task.done()), "")

    async def drain(self, patience: float) -> None:
        """Wait, at most so long, until nothing is in flight."""
        try:
            async with asyncio.timeout(patience):
                await self._idle.wait()
        except TimeoutError:
            logger().warning("batches still in flight", topic=self.topic, count=self._in_flight)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def revoke(self) -> None:
        """What was read but not begun is dropped: whoever gets the partitions reads it again."""
        self._generation += 1

    # -- stages -------------------------------------------------------------------------------

    async def _take(self, records: list[ConsumerRecord]) -> None:
        """First stage. FastStream swallows what a handler raises, and would read on behind it.

        So after a fault nothing more is taken, and the process ends with its offsets as they are.
        """
        self._begin()
        try:
            if not self._failed:
                await self._read(records)
                return
        except Exception as error:
            self._failed = f"read {self.topic}"
            kind = type(error).__name__
            logger().error("a stage failed", topic=self.topic, error=kind, where=where(error))
        self._end()
        await asyncio.Event().wait()

    async def _read(self, records: list[ConsumerRecord]) -> None:
        """Read the records. Returns when the next stage has taken them."""
        failpoint(TAKEN)
        if self._turn is not None:
            await self._insist("cannot tell whose turn it is", self._turn)
        await self._look_for_gaps(records)
        self._taken_at = monotonic()
        began = perf_counter()
        generation = self._generation
        arrivals: list[Arrival] = []
        for position, record in enumerate(records, 1):
            arrival = self._reader.read(record)
            if arrival.message is not None and not self._at_home(record):
                arrival.refuse_unheard(WRONG_PARTITION)
            arrivals.append(arrival)
            if position % BREATH == 0:
                await asyncio.sleep(0)
        BATCH.labels(self._service, self.topic).observe(len(records))
        self._observe("read", began)
        await self._to_decide.put(_Work(arrivals, generation, []))

    async def _look_for_gaps(self, records: list[ConsumerRecord]) -> None:
        """Kafka deletes by age and size, whether somebody has read a message or not: say so."""
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            expected = self._expected.get(place)
            if expected is None:
                expected = await self.consumer.committed(place)
            missed = record.offset - expected if expected is not None else 0
            if missed > 0:
                MISSED.labels(self._service, self.topic).inc(missed)
                logger().error(
                    "messages were deleted before they were taken",
                    topic=self.topic,
                    partition=record.partition,
                    count=missed,
                )
            self._expected[place] = record.offset + 1

    def forget_places(self) -> None:
        """Partitions were handed out anew: what comes next is known to Kafka only."""
        self._expected.clear()
        self._indebted = len(topics.taken_together(self.topic)) > 1

    def _at_home(self, record: ConsumerRecord) -> bool:
        """Whether the sender hashed the key as Kafka's own clients do; else its like are elsewhere.

        Events are left alone: their owner's runtime placed them.
        """
        if not topics.holds_commands(self.topic):
            return True
        home = self._homes.get(record.key)
        if home is None:
            partitions = self.consumer.partitions_for_topic(record.topic)
            if not partitions:
                return True
            if len(self._homes) > 100_000:
                self._homes.clear()
            home = (murmur2(record.key or b"") & 0x7FFFFFFF) % len(partitions)
            self._homes[record.key] = home
        return home == record.partition  # type: ignore[no-any-return]

    async def _run(self, queue: asyncio.Queue[_Work], stage: Callable[[_Work], Any]) -> None:
        while True:
            work = await queue.get()
            try:
                await stage(work)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                # Offsets stay where they are, /ready turns red, and the process is started anew.
                kind = type(error).__name__
                logger().error("a stage failed", topic=self.topic, error=kind, where=where(error))
                raise RuntimeError(f"{kind} at {where(error)}") from None

    async def _decide(self, work: _Work) -> None:
        if work.generation != self._generation:
            self._end()
            return
        began = perf_counter()
        if self._indebted:
            await self._pay_debts()
        work.batches = await self._engine.decide(self.topic, work.arrivals)
        failpoint(AFTER_DB_COMMIT)
        self._observe("decide", began)
        await self._to_publish.put(work)

    async def _pay_debts(self) -> None:
        """Publish first what interrupted batches owe.

        In one topic redelivery does that in time: what was interrupted comes again before anything
        newer of its key. With two topics the newer may be taken first, from the other one (ADR 8).
        """
        batches, records = await self._insist("debts not read", self._outbox.debts)
        await self._publisher.publish(records)
        await self._insist("debts not settled", lambda: self._outbox.settled(batches, {}))
        self._indebted = False

    async def _publish(self, work: _Work) -> None:
        began = perf_counter()
        for batch in work.batches:
            await self._publisher.publish(await self._records(batch))
            failpoint(AFTER_PUBLISH)
            self._after(batch)
        self._observe("publish", began)
        self._count(work.batches)
        await self._to_settle.put(work)

    async def _settle(self, work: _Work) -> None:
        """Note what is done, a moment later and several batches at a time: nobody waits for it.

        First in the database, then in Kafka: what Kafka forgets would never be looked at again.
        """
        await asyncio.sleep(SETTLE_AFTER)
        works = [work]
        while not self._to_settle.empty():
            works.append(self._to_settle.get_nowait())
        began = perf_counter()
        await self._mark(works)
        failpoint(AFTER_MARK)
        await self._commit(works)
        failpoint(AFTER_OFFSETS)
        self._observe("settle", began)
        for _ in works:
            self._end()

    async def _records(self, batch: Batch) -> list[Outgoing]:
        """What to publish; what interrupted batches owe is in the database."""
        return await self._insist("outbox not read", lambda: self._outbox.records(batch))

    async def _mark(self, works: list[_Work]) -> None:
        owed = {mark for work in works for batch in work.batches for mark in batch.owes()}
        offsets = _offsets(works)
        await self._insist("not settled", lambda: self._outbox.settled(owed, offsets))

    async def _commit(self, works: list[_Work]) -> None:
        # Those of an earlier generation are somebody else's now, or must be read again.
        offsets = _offsets(work for work in works if work.generation == self._generation)
        if not offsets:
            return
        try:
            await self.consumer.commit(offsets)
            self._committed.update(offsets)
        except (KafkaError, AttributeError) as error:
            # Lost the partition at this very moment: the messages come again and are recognised.
            logger().info("offsets not committed", topic=self.topic, error=type(error).__name__)

    async def _insist(self, what: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do it, whenever the database is there for it."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await work()
            except BY_SERVERS as error:
                kind = type(error).__name__
                logger().warning(what, topic=self.topic, error=kind, pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    # -- bookkeeping --------------------------------------------------------------------------

    def _begin(self) -> None:
        self._in_flight += 1
        self._idle.clear()

    def _end(self) -> None:
        self._in_flight -= 1
        if not self._in_flight:
            self._idle.set()

    def _observe(self, stage: str, began: float) -> None:
        STAGE.labels(self._service, self.topic, stage).observe(perf_counter() - began)

    def _count(self, batches: list[Batch]) -> None:
        for batch in batches:
            parked = len(batch.parked)
            fresh = len(batch.accepted) - parked
            again = len(batch.arrivals) - fresh - parked
            for outcome, count in (("decided", fresh), ("again", again), ("parked", parked)):
                if count:
                    MESSAGES.labels(self._service, self.topic, outcome).inc(count)


def _offsets(works: Iterable[_Work]) -> dict[TopicPartition, int]:
    """What comes next in each partition when these are done."""
    offsets: dict[TopicPartition, int] = {}
    for work in works:
        for arrival in work.arrivals:
            place = TopicPartition(arrival.record.topic, arrival.record.partition)
            offsets[place] = max(offsets.get(place, 0), arrival.record.offset + 1)
    return offsets


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Hands partitions over only when what is in flight is finished."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        if revoked:
            await self._pipeline.drain(REVOCATION_PATIENCE)
        self._pipeline.revoke()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._pipeline.forget_places()
        logger().info("partitions assigned", topic=self._pipeline.topic, count=len(assigned))


async def raw_parser(records: tuple[ConsumerRecord, ...]) -> KafkaMessage:
    """Cannot fail: looks into nothing. The records are read one by one in `_take`."""
    return KafkaMessage(body=b"", raw_message=records, consumer=_NO_CONSUMER, message_id="batch")


async def raw_decoder(message: KafkaMessage) -> list[ConsumerRecord]:
    return list(message.raw_message)


class _NoConsumer:
    """FastStream never acknowledges here; offsets are committed by the pipeline."""

    async def commit(self) -> None:
        return None

    def seek(self, **_: Any) -> None:
        return None


_NO_CONSUMER: Any = _NoConsumer()
