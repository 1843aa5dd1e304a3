"""14: what was parked is replayed by two at a time; topics are read from their beginning."""

from __future__ import annotations

import asyncio
import signal
from random import Random

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from portal_contracts import topics
from portal_runtime.recovery import dead_letters as deadletters
from portal_runtime.wire.outgoing import Publisher
from tests.chaos.driver import PARTITIONS
from tests.chaos.faults.base import Fault, Params
from tests.chaos.stand import SHAPE, Stand

FORGOTTEN_AFTER = 13.0
"""Seconds after which Kafka no longer counts a member that has ended."""
ENDS_WITHIN = 30.0


class LettersReplayed(Fault):
    """By two operators at the same moment, and by one of them again."""

    number, name, lane = 14, "dead letters replayed", "data"
    may = "poison parked again, one for one"

    def draw(self, random: Random) -> Params:
        return {"service": random.choice(list(SHAPE)), "most": random.randint(1, 60), "hold": 0.0}

    async def begin(self, stand: Stand, params: Params) -> bool:
        async with Publisher(stand.direct.kafka) as publisher:
            both = (self._replay(stand, publisher, params) for _ in range(2))
            params["sent"] = sum(await asyncio.gather(*both))
            params["sent"] += await self._replay(stand, publisher, params)
        return bool(params["sent"])

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
    """A service is given all its commands once more; claims also what the others announced.

    Offsets are only ever set back: one that is ahead of the database means a restore (ADR 10).
    """

    number, name, lane = 14, "topics read from the beginning", "processes"
    may = "every command answered again, with its first answer"
    weight = 0.4

    def draw(self, random: Random) -> Params:
        return {"service": random.choice(list(SHAPE)), "hold": FORGOTTEN_AFTER}

    async def begin(self, stand: Stand, params: Params) -> bool:
        instances = stand.fleet.of(params["service"])
        there = [instance.hold(signal.SIGTERM) for instance in instances]
        for instance in instances:
            if not await instance.ended(ENDS_WITHIN):
                instance.signal(signal.SIGKILL)
                await instance.ended(5)
        return any(there)

    async def heal(self, stand: Stand, params: Params) -> None:
        service = params["service"]
        params.setdefault("records", 0)  # healing may take several attempts
        for group in await groups_of(stand.direct.kafka, service):
            params["records"] += await rewind(stand.direct.kafka, group)
        for instance in stand.fleet.of(service):
            instance.held = False


async def groups_of(bootstrap: str, service: str) -> list[str]:
    """That of its commands; of claims, which listens to most of the others, of events too."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        found = [str(group) for group, *_ in await admin.list_consumer_groups()]
    finally:
        await admin.close()
    return [group for group in found if is_read_again(group, service)]


def is_read_again(group: str, service: str) -> bool:
    """Queries are not: whoever asked them has given up."""
    owner, _, topic = group.partition(".")
    if owner != service:
        return False
    return topic == topics.commands(service) or (service == "claims" and topic.endswith(".events"))


async def rewind(bootstrap: str, group: str) -> int:
    """Back to the beginning of every topic that the group takes; how many records that is."""
    _, _, topic = group.partition(".")
    names = topics.taken_together(topic)
    tps = [TopicPartition(name, p) for name in names for p in range(PARTITIONS)]
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False
    ) as consumer:
        consumer.assign(tps)
        were = [await consumer.committed(tp) or 0 for tp in tps]
        await consumer.commit(dict.fromkeys(tps, 0))
    return sum(were)
