"""One topic's messages through overlapped stages: read, decide, publish, settle. Offsets last."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from portal_contracts import topics
from portal_runtime.consuming.fetch_priority import FetchPriority
from portal_runtime.consuming.in_flight import InFlight
from portal_runtime.consuming.insistence import Insistence
from portal_runtime.consuming.key_partitions import KeyPartitions
from portal_runtime.consuming.outcomes import begin_at_zero, count
from portal_runtime.consuming.subscribing import Listener, subscriber
from portal_runtime.consuming.watching import Watch
from portal_runtime.consuming.work import Work, next_offsets
from portal_runtime.deciding.batch import Batch
from portal_runtime.deciding.engine import Engine, NotOurs
from portal_runtime.intake.incoming import Reader
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
from portal_runtime.observing.metrics import BATCH, STAGE
from portal_runtime.publishing.outbox import Outbox
from portal_runtime.wire.outgoing import Outgoing, Publisher

SETTLE_AFTER = 0.05
"""Seconds; after a crash in between, the messages come again and are recognized."""
REVOCATION_PATIENCE = 15.0
"""Seconds a rebalance waits for batches in flight; then the inbox and versions must protect us."""
BREATH = 64
"""Messages read before yielding to the event loop, so that queries and heartbeats get a turn."""


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
        self._to_decide: asyncio.Queue[Work] = asyncio.Queue(1)
        self._to_publish: asyncio.Queue[Work] = asyncio.Queue(1)
        self._to_settle: asyncio.Queue[Work] = asyncio.Queue(64)
        self._generation = 0
        self._in_flight = InFlight()
        self._tasks: list[asyncio.Task[None]] = []
        self._subscriber: Any = None
        self._key_partitions = KeyPartitions(lambda: self.consumer)
        self._failed = ""
        self._unpublished_first = False
        self._insist = Insistence(topic)
        self.fetching = FetchPriority()
        self.watch = Watch(service, topic, lambda: self.consumer)
        begin_at_zero(service, topic)

    def subscribe(self, broker: KafkaBroker, settings: Any) -> None:
        """Declare the FastStream subscriber of this topic."""
        listener = Listener(self._hand_over, self._take_over)
        self._subscriber = subscriber(broker, self._service, self.topic, settings, listener)
        self._subscriber(self._take)

    def start(self) -> None:
        """Start the stages behind the first one; FastStream runs that."""
        stages = (
            ("decide", self._to_decide, self._decide),
            ("publish", self._to_publish, self._publish),
            ("settle", self._to_settle, self._settle),
        )
        self._tasks = [
            asyncio.create_task(self._run(queue, stage), name=f"{name} {self.topic}")
            for name, queue, stage in stages
        ]

    @property
    def consumer(self) -> Any:
        return self._subscriber.consumer if self._subscriber is not None else None

    @property
    def stalled(self) -> bool:
        return self.watch.stalled(self._in_flight.count)

    async def measure_lag(self) -> None:
        await self.watch.measure_lag(self._in_flight.count)

    @property
    def trouble(self) -> str:
        """What keeps a stage waiting for the database at the moment; empty when nothing does."""
        return self._insist.trouble

    @property
    def decided(self) -> asyncio.Event:
        """Set while everything that was taken is decided."""
        return self._in_flight.decided

    def dead_stage(self) -> str:
        """Name of a stage that has ended, which none may while the service runs."""
        if self.fetching.lost():
            why = self.fetching.trouble or "its fetching has ended"
            return f"consumer of {self.topic}, refused by Kafka: {why}"
        return self._failed or next((task.get_name() for task in self._tasks if task.done()), "")

    async def drain(self, patience: float) -> None:
        """Wait, at most so long, until nothing is in flight."""
        if not await self._in_flight.drained(patience):
            count = self._in_flight.count
            logger().warning("batches still in flight", topic=self.topic, count=count)

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
        self._key_partitions.forget()
        self._unpublished_first = topics.takes_others(self.topic)
        logger().info("partitions assigned", topic=self.topic, count=count)

    def _ours(self, work: Work) -> bool:
        """Whether nobody else may have the partitions that these messages were read from."""
        return work.generation == self._generation

    # -- stages -------------------------------------------------------------------------------

    async def _take(self, records: list[ConsumerRecord]) -> None:
        """First stage. FastStream swallows what a handler raises, and would go on reading.

        So after an error nothing more is taken, and the process ends without committing offsets.
        """
        self._in_flight.begin()
        try:
            if not self._failed:
                await self._read(Work([], self._generation, []), records)
                return
        except Exception as error:
            self._failed = f"read {self.topic}"
            self._say_it_failed(error)
        self._in_flight.end()
        await asyncio.Event().wait()

    async def _read(self, work: Work, records: list[ConsumerRecord]) -> None:
        """Read the records. Returns when the next stage has taken them."""
        failpoint(TAKEN)
        self.watch.taken(records)
        if self._turn is not None:
            await self._insist.on("cannot tell whose turn it is", self._turn)
        await self.watch.look_for_gaps(records)
        self.watch.moved()
        began = perf_counter()
        for position, record in enumerate(records, 1):
            arrival = self._reader.read(record)
            if arrival.message is not None and not self._key_partitions.fits(record):
                arrival.refuse_unheard(WRONG_PARTITION)
            work.arrivals.append(arrival)
            if position % BREATH == 0:
                await asyncio.sleep(0)
        BATCH.labels(self._service, self.topic).observe(len(records))
        self._observe("read", began)
        await self._to_decide.put(work)

    async def _run(self, queue: asyncio.Queue[Work], stage: Callable[[Work], Any]) -> None:
        while True:
            work = await queue.get()
            try:
                await stage(work)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                # Offsets stay where they are, /ready turns red, and the process is restarted.
                self._say_it_failed(error)
                raise RuntimeError(f"{cause(error)} at {where(error)}") from None

    async def _decide(self, work: Work) -> None:
        began = perf_counter()
        try:
            if self._unpublished_first and self._ours(work):
                await self._publish_unpublished()
            work.batches = await self._engine.decide(
                self.topic, work.arrivals, lambda: self._ours(work)
            )
        except NotOurs:
            self._in_flight.end()
            return
        finally:
            self._in_flight.one_decided()
        failpoint(AFTER_DB_COMMIT)
        self._observe("decide", began)
        await self._to_publish.put(work)

    async def _publish_unpublished(self) -> None:
        """Publish first what interrupted batches left unpublished.

        With one topic, redelivery does that in time: an interrupted message comes again before
        anything newer of its key. With several topics the newer one may be taken first, from
        another topic (ADR 8).
        """
        self._unpublished_first = False  # first: partitions may be reassigned meanwhile
        tps = self.consumer.assignment() if self.consumer is not None else ()
        parts = {tp.partition for tp in tps}
        batches, records = await self._insist.on(
            "unpublished batches not read", lambda: self._outbox.unpublished(parts)
        )
        await self._publisher.publish(records)
        failpoint(AFTER_UNPUBLISHED)
        await self._insist.on(
            "unpublished batches not settled", lambda: self._outbox.settled(batches, {})
        )

    async def _publish(self, work: Work) -> None:
        began = perf_counter()
        for batch in work.batches:
            await self._publisher.publish(await self._records(batch))
            failpoint(AFTER_PUBLISH)
            self._after(batch)
        self._observe("publish", began)
        count(self._service, self.topic, work.batches)
        await self._to_settle.put(work)

    async def _settle(self, work: Work) -> None:
        """Record what is done, a moment later and several batches at a time: nobody waits for it.

        First in the database, then in Kafka: once an offset is committed, nothing is read again.
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
            self._in_flight.end()

    async def _records(self, batch: Batch) -> list[Outgoing]:
        """What to publish; what interrupted batches left unpublished is in the database."""
        return await self._insist.on("outbox not read", lambda: self._outbox.records(batch))

    async def _mark(self, works: list[Work]) -> None:
        published = {mark for work in works for batch in work.batches for mark in batch.publishes()}
        offsets = next_offsets(works)
        await self._insist.on("not settled", lambda: self._outbox.settled(published, offsets))

    async def _commit(self, works: list[Work]) -> None:
        # Those of an earlier generation now belong to another instance, or must be read again.
        offsets = next_offsets(filter(self._ours, works))
        if not offsets:
            return
        try:
            await self.consumer.commit(offsets)
            self.watch.committed(offsets)
        except (KafkaError, AttributeError) as error:
            # The partition was just lost: the messages come again and are recognized.
            logger().info("offsets not committed", topic=self.topic, cause=cause(error))

    def _say_it_failed(self, error: Exception) -> None:
        logger().error("a stage failed", topic=self.topic, cause=cause(error), where=where(error))

    def _observe(self, stage: str, began: float) -> None:
        STAGE.labels(self._service, self.topic, stage).observe(perf_counter() - began)
