"""A running service: everything opened in order, and closed in the opposite one."""

import asyncio
import gc
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from threading import Timer
from typing import Any

import uvloop
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from portal_contracts import topics
from portal_runtime.clock import Clock, ClockFollower
from portal_runtime.consuming.pipeline import Pipeline
from portal_runtime.deciding.batch import Batch
from portal_runtime.deciding.engine import Engine
from portal_runtime.intake.incoming import Reader
from portal_runtime.observing import failpoints, logs, tracing
from portal_runtime.observing.causes import cause
from portal_runtime.process.health import Check, Health
from portal_runtime.process.instance_lease import InstanceLease
from portal_runtime.publishing.outbox import Outbox
from portal_runtime.publishing.replies import ReplyDesk
from portal_runtime.queries.answering import Answering
from portal_runtime.scheduling.timers import Timers
from portal_runtime.security.keys import public_keys
from portal_runtime.security.principals import NO_KID_ROLES, Verifier, service_signer
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
GRACE = 28.0
"""Seconds in all from being asked to end; less than the 30 after which orchestrators kill."""
START_WITHIN = 120.0
"""Seconds in all for starting; whoever hangs longer is started anew."""
BROKEN_GRACE = 5.0
"""Seconds in all when a part has ended: there is nothing to finish, redelivery is the recovery."""


def main(service: Service) -> None:
    """Run until SIGTERM or SIGINT, then finish what is in flight."""
    settings = service.settings()
    if not settings.kid_roles:
        raise SystemExit(NO_KID_ROLES)
    logs.set_up(service.name, as_json=settings.log_json, level=settings.log_level)
    failpoints.switch_on(settings.failpoints, settings.failpoint_seed)
    tracing.set_up(service.name)
    _tame_garbage_collection()
    try:
        uvloop.run(_serve(service, settings))
    except Exception as error:  # no traceback: its last line would be what the error says itself
        raise SystemExit(f"{service.name}: {cause(error)}, at {logs.where(error)}") from None


def _tame_garbage_collection() -> None:
    """Modules and routes live for ever, and a batch is ten thousand objects that die together.

    Looking through all of them after every 700 new ones took a third of a service's time.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)


async def _serve(service: Service, settings: RuntimeSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    starting = _end_anyway(START_WITHIN)
    async with Running(service, settings, lambda: _end_anyway(BROKEN_GRACE)) as running:
        starting.cancel()
        logs.logger().info("ready", port=running.health.port)
        while not stop.is_set() and not running.broken():
            try:
                async with asyncio.timeout(1):
                    await stop.wait()
            except TimeoutError:
                for pipeline in running.pipelines:
                    await pipeline.measure_lag()
        broken = running.broken()
        if broken:  # said now: closing may hang, and then nothing more is said
            logs.logger().error("ending because a part ended", part=broken)
        _end_anyway(BROKEN_GRACE if broken else GRACE)
        if broken:
            raise SystemExit(f"stopped because a part ended: {broken}")


def _end_anyway(seconds: float) -> Timer:
    """End the process then, however far closing has come.

    Closing waits for batches, for Kafka and for the database, each bounded, but not their sum; and
    a loop that hangs bounds nothing. A process that lost its name must not stand beside its heir.
    """
    timer = Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()
    return timer


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
        await self._wire()
        if await self._level():
            await self._start_consuming()
        else:
            self._waiting = asyncio.create_task(self._wait_until_level(), name="start")
        host, port = settings.http_host, settings.port(service.name)
        self.health = Health(service.name, host, port, self._checks())
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

    async def _wire(self) -> None:
        name, settings = self.service.name, self.settings
        signer = service_signer(name, settings.service_key)
        keys = await public_keys(settings.principal_keys)
        verifier = Verifier(
            keys,
            name,
            signer.secret,
            frozenset(settings.service_kids),
            settings.kid_roles,
            self.clock.real,
        )
        desk = ReplyDesk(name, settings.topic_prefix, settings.reply_topics)
        outbox = Outbox(name, self.pool, self.positions, desk, signer, settings.topic_prefix)
        self.engine = Engine(name, self.pool, self.clock, settings, self.resources)
        self.timers = Timers(
            name,
            self.pool,
            self.clock,
            self.publisher,
            signer,
            settings.topic_prefix,
            settings.remember_days,
        )
        remembered = timedelta(days=settings.remember_days)
        reader = Reader(
            self.service.routes.deciding,
            verifier,
            lambda: self.clock.real() - remembered,
            settings.calendar,
            desk.serves,
        )
        self.pipelines = [
            Pipeline(
                name,
                topic,
                reader,
                self.engine,
                outbox,
                self.publisher,
                self._after,
                self._others_first if topic == topics.commands(name) else None,
            )
            for topic in self.service.topics()
        ]
        self.answering = Answering(
            name,
            self.service.routes.asking,
            self.reading,
            self.clock,
            self.publisher,
            desk,
            verifier,
            settings,
            self.resources,
        )

    async def _others_first(self) -> None:
        await self.positions.others_first(self.pool)

    def _after(self, batch: Batch) -> None:
        if any(timer is not None for timer in batch.timers.values()):
            self.timers.look_again()

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
        await asyncio.gather(*(p.drain(DRAIN_PATIENCE) for p in self.pipelines))
        await broker.stop()

    def _checks(self) -> dict[str, Check]:
        async def database() -> str:
            await self.pool.fetchval("select 1")
            waiting = (p.trouble for p in self.pipelines)
            return next(filter(None, (self.engine.trouble, self.timers.trouble, *waiting)), "")

        async def stages() -> str:
            return self.broken()

        async def behind() -> str:
            return self.positions.behind

        async def kafka() -> str:
            if self.positions.behind:
                return ""  # nothing is asked of Kafka until that is mended
            silent = [p.topic for p in self.pipelines if p.watch.silent()]
            stalled = [p.topic for p in self.pipelines if p.stalled]
            if stalled:
                return f"messages wait and none is taken or finished: {', '.join(stalled)}"
            if self.publisher.trouble:
                return self.publisher.trouble
            return f"no contact for {', '.join(silent)}" if silent else ""

        checks: dict[str, Check] = {
            "database": database,
            "restored": behind,
            "stages": stages,
            "kafka": kafka,
        }
        probe = getattr(self.resources, "trouble", None)
        if probe is not None:
            checks["resources"] = probe
        return checks


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
