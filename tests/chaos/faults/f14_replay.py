"""14: what was parked is replayed by two at a time; a topic is read from its beginning."""

from __future__ import annotations

import asyncio
import signal
from random import Random

from aiokafka import AIOKafkaConsumer, TopicPartition

from portal_contracts import topics
from portal_runtime import deadletters
from portal_runtime.outgoing import Publisher
from tests.chaos.driver import PARTITIONS
from tests.chaos.faults.base import Fault, Params
from tests.chaos.stand import SHAPE, Stand

FORGOTTEN_AFTER = 13.0
"""Seconds after which Kafka no longer counts a member that has ended."""
ALONE = tuple(f"{service}-{sides[0]}" for service, sides in SHAPE.items() if len(sides) == 1)


class LettersReplayed(Fault):
    """By two operators at the same moment, and by one of them again."""

    number, name, lane = 14, "dead letters replayed", "data"
    may = "poison parked again, one for one"

    def draw(self, random: Random) -> Params:
        return {"service": random.choice(list(SHAPE)), "most": random.randint(1, 60), "hold": 0.0}

    async def begin(self, stand: Stand, params: Params) -> None:
        publisher = Publisher(stand.direct.kafka)
        await publisher.start()
        try:
            both = (self._replay(stand, publisher, params) for _ in range(2))
            params["sent"] = sum(await asyncio.gather(*both))
            params["sent"] += await self._replay(stand, publisher, params)
        finally:
            await publisher.stop()

    async def _replay(self, stand: Stand, publisher: Publisher, params: Params) -> int:
        async with stand.database(params["service"]) as conn:
            parked = await deadletters.list_parked(conn)
            try:
                ids = [row.id for row in parked[: params["most"]]]
                return await deadletters.replay(conn, publisher, ids)
            except deadletters.Busy:
                return 0

    async def heal(self, stand: Stand, params: Params) -> None:
        """Nothing to undo."""


class TopicReplayed(Fault):
    """All commands of a service are given to it once more."""

    number, name, lane = 14, "commands read from the beginning", "processes"
    may = "every command answered again, with its first answer"
    weight = 0.3

    def draw(self, random: Random) -> Params:
        return {"instance": random.choice(ALONE), "hold": FORGOTTEN_AFTER}

    async def begin(self, stand: Stand, params: Params) -> None:
        instance = stand.fleet.get(params["instance"])
        instance.held = True
        instance.signal(signal.SIGTERM)
        await instance.ended(30)

    async def heal(self, stand: Stand, params: Params) -> None:
        instance = stand.fleet.get(params["instance"])
        await self._rewind(stand, instance.service)
        instance.held = False

    async def _rewind(self, stand: Stand, service: str) -> None:
        topic = topics.commands(service)
        places = [TopicPartition(topic, p) for p in range(PARTITIONS)]
        consumer = AIOKafkaConsumer(
            bootstrap_servers=stand.direct.kafka,
            group_id=f"{service}.{topic}",
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            consumer.assign(places)
            await consumer.commit(dict.fromkeys(places, 0))
        finally:
            await consumer.stop()
