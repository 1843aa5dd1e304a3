"""A running service: everything opened in order, and closed in the opposite one."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from portal_runtime.clock import Clock, ClockFollower
from portal_runtime.observing import logs
from portal_runtime.observing.causes import cause
from portal_runtime.process.health import Health
from portal_runtime.process.instance_lease import InstanceLease
from portal_runtime.process.parts import Opened, make_parts
from portal_runtime.process.readiness import checks
from portal_runtime.service import Service
from portal_runtime.settings import RuntimeSettings
from portal_runtime.storage.database import (
    AWAY,
    ensure_database,
    migrate,
    open_pool,
    open_reading_pool,
)
from portal_runtime.storage.partition_positions import (
    LOOK_EVERY,
    PartitionPositions,
    committed_offsets,
)
from portal_runtime.wire import aiokafka_patches
from portal_runtime.wire.outgoing import Publisher

DRAIN_PATIENCE = 20.0


class Running:
    """One instance of a service, also usable inside a test's event loop."""

    def __init__(
        self,
        service: Service,
        settings: RuntimeSettings,
        failed: Callable[[], object] = lambda: None,
    ) -> None:
        """`failed`: called when starting failed, before what was opened is closed again."""
        self.service = service
        self.settings = settings
        self._on_failure = failed
        self.clock = Clock()
        self._follower: ClockFollower | None = None
        self.positions = PartitionPositions(service.name)
        self._waiting: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "Running":
        try:
            await self._open()
        except BaseException as error:
            _say_why(error)  # now: closing may hang, and then nothing more is said
            self._on_failure()
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._waiting is not None:  # first: it may be about to open what is closed next
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)
        await self._stack.aclose()

    def broken(self) -> str:
        """Name of a part that has ended although the service runs."""
        dead = [p.dead_stage() for p in self.pipelines]
        if self.timers.dead():
            dead.append("timers")
        if self.effects.dead():
            dead.append("effects")
        if self.lease.lost():
            dead.append("instance lease")
        if self.answering.lost():
            dead.append("queries")
        if self._follower is not None and self._follower.dead():
            dead.append("clock")
        if self.positions.exchanged:
            dead.append("database, put back to an earlier time")
        if self._waiting is not None and self._waiting.done() and self._waiting.exception():
            dead.append("start")
        return next(filter(None, dead), "")

    async def _open(self) -> None:
        service, settings, stack = self.service, self.settings, self._stack
        aiokafka_patches.apply()
        dsn = settings.dsn(service.name)
        await ensure_database(dsn)
        self.pool = await open_pool(dsn, settings.pool_size, self.positions.recognise)
        stack.push_async_callback(_close, self.pool)
        self.reading = await open_reading_pool(dsn, settings.query_pool_size)
        stack.push_async_callback(_close, self.reading)
        await migrate(dsn, service.migrations)
        self.lease = InstanceLease(self.pool, settings.instance)
        await self.lease.start()
        stack.push_async_callback(self.lease.stop)
        self.resources: Any = None
        if service.resources is not None:
            self.resources = await stack.enter_async_context(service.resources(settings))
        self.publisher = Publisher(settings.kafka, service.name)
        await self.publisher.start()
        stack.push_async_callback(self.publisher.stop)
        opened = Opened(
            service,
            settings,
            self.clock,
            self.pool,
            self.reading,
            self.positions,
            self.publisher,
            self.resources,
        )
        self.parts = await make_parts(opened)
        self.engine, self.timers = self.parts.engine, self.parts.timers
        self.effects = self.parts.effects
        self.pipelines, self.answering = self.parts.pipelines, self.parts.answering
        if await self._level():
            await self._start_consuming()
        else:
            self._waiting = asyncio.create_task(self._wait_until_level(), name="start")
        ready = checks(
            self.pool, self.parts, self.positions, self.publisher, self.broken, self.resources
        )
        host, port = settings.http_host, settings.port(service.name)
        self.health = Health(service.name, host, port, ready)
        await self.health.start()
        stack.push_async_callback(self.health.stop)

    async def _level(self) -> bool:
        """Whether the database knows all that Kafka's offsets say was taken."""
        name, settings = self.service.name, self.settings
        groups = [settings.group(name, pipeline.topic) for pipeline in self.pipelines]
        return await self.positions.look(self.pool, await committed_offsets(settings.kafka, groups))

    async def _wait_until_level(self) -> None:
        """Take nothing, not even part in the consumer groups, until somebody has reconciled."""
        level = False
        while not level:
            await asyncio.sleep(LOOK_EVERY)
            try:
                level = await self._level()
            except (*AWAY, KafkaError) as error:
                logs.logger().warning("cannot compare with Kafka", cause=cause(error))
        await self._start_consuming()
        logs.logger().info("level with Kafka again, taking messages")

    async def _start_consuming(self) -> None:
        settings, stack = self.settings, self._stack
        if settings.movable_clock:
            self._follower = ClockFollower(
                settings.kafka, settings.topic_prefix, self.clock, self.timers.look_again
            )
            stack.push_async_callback(self._follower.stop)
            await self._follower.start()
        broker = KafkaBroker(
            settings.kafka,
            logger=None,
            apply_types=False,
            allow_auto_create_topics=False,
            graceful_timeout=DRAIN_PATIENCE,
        )
        for pipeline in self.pipelines:
            pipeline.subscribe(broker, settings)
            pipeline.start()
            stack.push_async_callback(pipeline.stop)
        self.answering.subscribe(broker, settings)
        self.timers.start()
        stack.push_async_callback(self.timers.stop)
        self.effects.start()
        stack.push_async_callback(self.effects.stop)
        stack.push_async_callback(self._stop_consuming, broker)
        await broker.start()
        for pipeline in self.pipelines:
            pipeline.fetching.watch(pipeline.consumer, pipeline.decided)
        self.answering.fetching.watch(self.answering.consumer)

    async def _stop_consuming(self, broker: KafkaBroker) -> None:
        """Finish what is in flight before the consumers leave; nothing new is taken meanwhile."""
        for pipeline in self.pipelines:
            if pipeline.consumer is not None:
                pipeline.consumer.pause(*pipeline.consumer.assignment())
        pipelines = (p.drain(DRAIN_PATIENCE) for p in self.pipelines)
        await asyncio.gather(*pipelines, self.effects.drain(DRAIN_PATIENCE))
        await broker.stop()


def _say_why(error: BaseException) -> None:
    """The cause, what kind of error and where; not what it says, it may quote data."""
    kind = f"{type(error).__module__}.{type(error).__name__}"
    why, where = cause(error), logs.where(error)
    logs.logger().error("starting failed", cause=why, error=kind, where=where)


async def _close(pool: Any) -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except TimeoutError:
        pool.terminate()
