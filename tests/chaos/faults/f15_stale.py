"""15: announcements come again late, under other ids; 28: and from a newer producer."""

from __future__ import annotations

from random import Random
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pydantic import ValidationError

from portal_client.wire import new_id
from portal_contracts import envelope as e
from portal_contracts.all import load_all
from tests.chaos.driver import PARTITIONS, SOURCE
from tests.chaos.faults.base import Fault, Params
from tests.chaos.stand import Stand

TOPICS = ("eligibility.events", "providers.events", "claims.events", "documents.events")
MOST = 200
ONLY_SNAPSHOTS = frozenset(
    {
        "eligibility.member_changed.v1",
        "providers.provider_changed.v1",
        "claims.claim_adjudicated.v1",
        "claims.claim_closed.v1",
        "documents.document_released.v1",
    }
)


class Stale(Fault):
    """Old snapshots behind newer ones: whoever keeps copies must drop them by their version."""

    number, name, lane = 15, "stale announcements", "data"
    may = "nothing at all"
    added = b""
    """Put into each body."""

    def draw(self, random: Random) -> Params:
        return {
            "topic": random.choice(TOPICS),
            "partition": random.randrange(PARTITIONS),
            "first": random.random() * 0.7,
            "hold": 0.0,
        }

    async def begin(self, stand: Stand, params: Params) -> bool:
        tp = TopicPartition(params["topic"], params["partition"])
        old = [r for r in await self._read(stand, tp, params["first"]) if self._fits(r)]
        producer = AIOKafkaProducer(bootstrap_servers=stand.direct.kafka, acks="all")
        await producer.start()
        try:
            for record in old:
                await producer.send(
                    tp.topic,
                    self._body(record.value),
                    key=record.key,
                    partition=tp.partition,
                    headers=_as_ours(record.headers),
                )
        finally:
            await producer.stop()
        params["count"] = len(old)
        return bool(old)

    async def heal(self, stand: Stand, params: Params) -> None:
        """Nothing to undo."""

    def _fits(self, record: Any) -> bool:
        """An announcement that can be read: a copy of poison would only be more poison."""
        type_ = dict(record.headers).get(e.TYPE, b"").decode(errors="replace")
        if type_ not in ONLY_SNAPSHOTS:
            return False
        try:
            load_all()[type_].model_validate_json(record.value or b"")
        except ValidationError:
            return False
        return True

    def _body(self, body: bytes) -> bytes:
        return body.replace(b"{", b"{" + self.added, 1)

    async def _read(self, stand: Stand, tp: TopicPartition, first: float) -> list[Any]:
        async with AIOKafkaConsumer(
            bootstrap_servers=stand.direct.kafka, enable_auto_commit=False
        ) as consumer:
            consumer.assign([tp])
            end = (await consumer.end_offsets([tp]))[tp]
            consumer.seek(tp, int(end * first))
            found = await consumer.getmany(tp, timeout_ms=2000, max_records=MOST)
            return list(found.get(tp, ()))


class Newer(Stale):
    """With a field that this release does not know: an addition breaks nobody."""

    number, name = 28, "announcements of a newer release"
    added = b'"added_in_a_later_release":{"n":[1,2]},'


def _as_ours(headers: Any) -> list[tuple[str, bytes]]:
    """Under another id, and marked as not the owner's."""
    kept = [(name, value) for name, value in headers if name not in (e.ID, e.SOURCE)]
    return [*kept, (e.ID, str(new_id()).encode()), (e.SOURCE, SOURCE)]
