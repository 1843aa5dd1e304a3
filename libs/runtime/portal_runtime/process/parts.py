"""The parts of a running service that need each other, made in order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg

from portal_contracts import topics
from portal_runtime.clock import Clock
from portal_runtime.consuming.pipeline import Pipeline
from portal_runtime.deciding.batch import Batch
from portal_runtime.deciding.engine import Engine
from portal_runtime.intake.incoming import Reader
from portal_runtime.publishing.outbox import Outbox
from portal_runtime.publishing.replies import ReplyDesk
from portal_runtime.queries.answering import Answering
from portal_runtime.scheduling.effects import Effects
from portal_runtime.scheduling.timers import Timers
from portal_runtime.security.keys import public_keys
from portal_runtime.security.principals import ServiceSigner, Verifier, service_signer
from portal_runtime.service import Service
from portal_runtime.settings import RuntimeSettings
from portal_runtime.storage.partition_positions import PartitionPositions
from portal_runtime.wire.outgoing import Publisher


@dataclass(frozen=True)
class Opened:
    """What was opened before: connections, and what belongs to the process."""

    service: Service
    settings: RuntimeSettings
    clock: Clock
    pool: asyncpg.Pool
    reading: asyncpg.Pool
    positions: PartitionPositions
    publisher: Publisher
    resources: Any


@dataclass(frozen=True)
class Parts:
    """What decides, answers, fires timers and carries out effects."""

    engine: Engine
    timers: Timers
    effects: Effects
    pipelines: list[Pipeline]
    answering: Answering


async def make_parts(opened: Opened) -> Parts:
    """All of them, not started yet."""
    service, settings = opened.service, opened.settings
    signer = service_signer(service.name, settings.service_key)
    verifier = Verifier(
        await public_keys(settings.principal_keys),
        service.name,
        signer.secret,
        frozenset(settings.service_kids),
        settings.kid_roles,
        opened.clock.real,
    )
    desk = ReplyDesk(service.name, settings.topic_prefix, settings.reply_topics)
    engine = Engine(service.name, opened.pool, opened.clock, settings, opened.resources)
    effects = _effects(opened, signer)
    timers = _timers(opened, signer, effects)
    pipelines = _pipelines(opened, engine, _after(timers, effects), signer, verifier, desk)
    answering = Answering(
        service.name,
        service.routes.asking,
        opened.reading,
        opened.clock,
        opened.publisher,
        desk,
        verifier,
        settings,
        opened.resources,
    )
    return Parts(engine, timers, effects, pipelines, answering)


def _effects(opened: Opened, signer: ServiceSigner) -> Effects:
    return Effects(
        opened.service.name,
        [*opened.service.routes.carrying.values()],
        opened.pool,
        opened.clock,
        opened.publisher,
        signer,
        opened.resources,
        opened.settings,
    )


def _timers(opened: Opened, signer: ServiceSigner, effects: Effects) -> Timers:
    return Timers(
        opened.service.name,
        opened.pool,
        opened.clock,
        opened.publisher,
        signer,
        opened.settings.topic_prefix,
        opened.settings.remember_days,
        effects.look_again,
    )


def _after(timers: Timers, effects: Effects) -> Callable[[Batch], None]:
    """What is done when a batch is published: nobody waits for what it has ordered."""

    def after(batch: Batch) -> None:
        if any(timer is not None for timer in batch.timers.values()):
            timers.look_again()
        if batch.effects:
            effects.look_again()

    return after


def _pipelines(
    opened: Opened,
    engine: Engine,
    after: Callable[[Batch], None],
    signer: ServiceSigner,
    verifier: Verifier,
    desk: ReplyDesk,
) -> list[Pipeline]:
    """One for each topic that is taken by itself."""
    service, settings = opened.service, opened.settings
    name = service.name
    outbox = Outbox(name, opened.pool, opened.positions, desk, signer, settings.topic_prefix)
    remembered = timedelta(days=settings.remember_days)
    reader = Reader(
        service.routes.deciding,
        verifier,
        lambda: opened.clock.real() - remembered,
        settings,
        desk.serves,
    )

    async def others_first() -> None:
        await opened.positions.others_first(opened.pool)

    turns: dict[str, Callable[[], Awaitable[None]]] = {topics.commands(name): others_first}
    return [
        Pipeline(name, topic, reader, engine, outbox, opened.publisher, after, turns.get(topic))
        for topic in service.topics()
    ]
