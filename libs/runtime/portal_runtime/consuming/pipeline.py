"""One topic's messages through overlapped stages: read, decide, publish, settle. Offsets last."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from faststream.kafka import KafkaBroker

from portal_contracts import topics
from portal_runtime.consuming.fetch_priority import FetchPriority
from portal_runtime.consuming.subscribing import Listener, subscriber
from portal_runtime.consuming.watching import Watch
from portal_runtime.deciding.batch import Batch
from portal_runtime.deciding.engine import BY_SERVERS, FIRST_PAUSE, LONGEST_PAUSE, Engine, NotOurs
from portal_runtime.intake.incoming import Arrival, Reader, origin
from portal_runtime.intake.refusals import FAULTY, tell_refused
from portal_runtime.intake.sentences import WRONG_PARTITION
from portal_runtime.observing.causes import cause
from portal_runtime.observing.failpoints import (
    AFTER_DB_COMMIT,
    AFTER_MARK,
    AFTER_OFFSETS,
    AFTER_PUBLISH,
    AFTER_UNPUBLISHED,
    TAKEN,
    failpoint,
)
from portal_runtime.observing.logs import logger, where
from portal_runtime.observing.metrics import BATCH, MESSAGES, REFUSED, STAGE
from portal_runtime.publishing.outbox import Outbox
from portal_runtime.wire.outgoing import Outgoing, Publisher

T = TypeVar("T")
SETTLE_AFTER = 0.05
"""Seconds; what dies meanwhile comes again and is recognised."""
REVOCATION_PATIENCE = 15.0
"""Seconds a rebalance waits for batches in flight; then the inbox and versions must protect us."""
OUTCOMES = ("decided", "again", "refused", "parked")
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
        self._undecided = 0
        self.decided = asyncio.Event()
        """Set while everything that was taken is decided."""
        self.decided.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: list[asyncio.Task[None]] = []
        self._subscriber: Any = None
        self._homes: dict[bytes | None, int] = {}
        self._failed = ""
        self._unpublished_first = False
        self._troubles: dict[str, str] = {}
        self.fetching = FetchPriority()
        self.watch = Watch(service, topic, lambda: self.consumer)
        for outcome in OUTCOMES:  # at zero, or a stand-still from the start shows nothing
            MESSAGES.labels(service, topic, outcome)
        for code in FAULTY:
            REFUSED.labels(service, topic, code)

    def subscribe(self, broker: KafkaBroker, settings: Any) -> None:
        """Declare the FastStream subscriber of this topic."""
        listener = Listener(self._hand_over, self._take_over)
        self._subscriber = subscriber(broker, self._service, self.topic, settings, listener)
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

    @property
    def stalled(self) -> bool:
        return self.watch.stalled(self._in_flight)

    async def measure_lag(self) -> None:
        await self.watch.measure_lag(self._in_flight)

    @property
    def trouble(self) -> str:
        """What keeps a stage waiting for the database at the moment; empty when nothing does."""
        return ", ".join(sorted(set(self._troubles.values())))

    def dead_stage(self) -> str:
        """Name of a stage that has ended, which none may while the service runs."""
        if self.fetching.lost():
            why = self.fetching.trouble or "its fetching has ended"
            return f"consumer of {self.topic}, refused by Kafka: {why}"
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

    # -- rebalances ---------------------------------------------------------------------------

    async def _hand_over(self) -> None:
        """What was read but not begun is dropped: whoever gets the partitions reads it again."""
        await self.drain(REVOCATION_PATIENCE)
        self._generation += 1

    def _take_over(self, count: int) -> None:
        self.watch.handed_out()
        self._homes.clear()  # a topic may have more partitions now
        self._unpublished_first = topics.takes_others(self.topic)
        logger().info("partitions assigned", topic=self.topic, count=count)

    def _ours(self, work: _Work) -> bool:
        """Whether nobody else may have the partitions that these messages were read from."""
        return work.generation == self._generation

    # -- stages -------------------------------------------------------------------------------

    async def _take(self, records: list[ConsumerRecord]) -> None:
        """First stage. FastStream swallows what a handler raises, and would read on behind it.

        So after a fault nothing more is taken, and the process ends with its offsets as they are.
        """
        self._begin()
        try:
            if not self._failed:
                await self._read(_Work([], self._generation, []), records)
                return
        except Exception as error:
            self._failed = f"read {self.topic}"
            self._say_it_failed(error)
        self._end()
        await asyncio.Event().wait()

    async def _read(self, work: _Work, records: list[ConsumerRecord]) -> None:
        """Read the records. Returns when the next stage has taken them."""
        failpoint(TAKEN)
        self.watch.taken(records)
        if self._turn is not None:
            await self._insist("cannot tell whose turn it is", self._turn)
        await self.watch.look_for_gaps(records)
        self.watch.moved()
        began = perf_counter()
        for position, record in enumerate(records, 1):
            arrival = self._reader.read(record)
            if arrival.message is not None and not self._at_home(record):
                arrival.refuse_unheard(WRONG_PARTITION)
            work.arrivals.append(arrival)
            if position % BREATH == 0:
                await asyncio.sleep(0)
        BATCH.labels(self._service, self.topic).observe(len(records))
        self._observe("read", began)
        await self._to_decide.put(work)

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
                self._say_it_failed(error)
                raise RuntimeError(f"{cause(error)} at {where(error)}") from None

    async def _decide(self, work: _Work) -> None:
        began = perf_counter()
        try:
            if self._unpublished_first and self._ours(work):
                await self._publish_unpublished()
            work.batches = await self._engine.decide(
                self.topic, work.arrivals, lambda: self._ours(work)
            )
        except NotOurs:
            self._end()
            return
        finally:
            self._undecided -= 1
            if not self._undecided:
                self.decided.set()
        failpoint(AFTER_DB_COMMIT)
        self._observe("decide", began)
        await self._to_publish.put(work)

    async def _publish_unpublished(self) -> None:
        """Publish first what interrupted batches left unpublished.

        In one topic redelivery does that in time: what was interrupted comes again before anything
        newer of its key. With two topics the newer may be taken first, from the other one (ADR 8).
        """
        self._unpublished_first = False  # first: partitions may be handed out anew meanwhile
        tps = self.consumer.assignment() if self.consumer is not None else ()
        parts = {tp.partition for tp in tps}
        batches, records = await self._insist(
            "unpublished batches not read", lambda: self._outbox.unpublished(parts)
        )
        await self._publisher.publish(records)
        failpoint(AFTER_UNPUBLISHED)
        await self._insist(
            "unpublished batches not settled", lambda: self._outbox.settled(batches, {})
        )

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
        self.watch.moved()
        for _ in works:
            self._end()

    async def _records(self, batch: Batch) -> list[Outgoing]:
        """What to publish; what interrupted batches left unpublished is in the database."""
        return await self._insist("outbox not read", lambda: self._outbox.records(batch))

    async def _mark(self, works: list[_Work]) -> None:
        published = {mark for work in works for batch in work.batches for mark in batch.publishes()}
        offsets = _offsets(works)
        await self._insist("not settled", lambda: self._outbox.settled(published, offsets))

    async def _commit(self, works: list[_Work]) -> None:
        # Those of an earlier generation are somebody else's now, or must be read again.
        offsets = _offsets(filter(self._ours, works))
        if not offsets:
            return
        try:
            await self.consumer.commit(offsets)
            self.watch.committed(offsets)
        except (KafkaError, AttributeError) as error:
            # Lost the partition at this very moment: the messages come again and are recognised.
            logger().info("offsets not committed", topic=self.topic, cause=cause(error))

    async def _insist(self, what: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do it, whenever the database is there for it."""
        pause = FIRST_PAUSE
        while True:
            try:
                done = await work()
                self._troubles.pop(what, None)
                return done
            except BY_SERVERS as error:
                self._troubles[what] = f"{what}: {cause(error)}"
                logger().warning(what, topic=self.topic, cause=cause(error), pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    # -- bookkeeping --------------------------------------------------------------------------

    def _say_it_failed(self, error: Exception) -> None:
        why = cause(error)
        logger().error("a stage failed", topic=self.topic, cause=why, where=where(error))

    def _begin(self) -> None:
        self._in_flight += 1
        self._undecided += 1
        self.decided.clear()
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
            unheard = sum(not arrival.hash for arrival in batch.refused)
            again = len(batch.arrivals) - fresh - unheard - parked
            for outcome, count in zip(OUTCOMES, (fresh, again, unheard, parked), strict=True):
                if count:
                    MESSAGES.labels(self._service, self.topic, outcome).inc(count)
            if batch.refused:
                tell_refused(self._service, self.topic, batch.refused)
        if parked_here := [arrival for batch in batches for arrival in batch.parked]:
            first = parked_here[0]
            logger().warning(
                "messages parked, see `portal dlq`",
                topic=self.topic,
                count=len(parked_here),
                first=origin(first.record),
                reason=first.poison,
            )


def _offsets(works: Iterable[_Work]) -> dict[TopicPartition, int]:
    """What comes next in each partition when these are done."""
    offsets: dict[TopicPartition, int] = {}
    for work in works:
        for arrival in work.arrivals:
            tp = TopicPartition(arrival.record.topic, arrival.record.partition)
            offsets[tp] = max(offsets.get(tp, 0), arrival.record.offset + 1)
    return offsets
