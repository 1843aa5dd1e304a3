"""Kafka as far as it matters here: topics of partitions, each a list that only grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from aiokafka import ConsumerRecord
from aiokafka.partitioner import murmur2

from portal_runtime.wire.encoding import Headers
from portal_runtime.wire.outgoing import Outgoing

PARTITIONS = 4
Partition = tuple[str, int]


@lru_cache(maxsize=4096)
def partition_of(key: bytes) -> int:
    return int((murmur2(key) & 0x7FFFFFFF) % PARTITIONS)


class Log:
    """Topics. A reply partition may have any number: every copy that is sent has one of its own."""

    def __init__(self) -> None:
        self.records: dict[Partition, list[ConsumerRecord]] = defaultdict(list)

    def append(self, topic: str, key: bytes, value: bytes, headers: Headers, ms: int) -> None:
        self._append(topic, partition_of(key), key, value, headers, ms)

    def publish(self, outgoing: Iterable[Outgoing], ms: int) -> None:
        """What a service sends, in the order it sends it."""
        for o in outgoing:
            place = partition_of(o.key) if o.partition is None else o.partition
            self._append(o.topic, place, o.key, o.value, o.headers, ms)

    def _append(
        self, topic: str, partition: int, key: bytes, value: bytes, headers: Headers, ms: int
    ) -> None:
        log = self.records[topic, partition]
        sizes = (len(key), len(value))
        log.append(
            ConsumerRecord(topic, partition, len(log), ms, 0, key, value, None, *sizes, headers)
        )

    def topic(self, topic: str) -> list[ConsumerRecord]:
        """Everything in a topic, partition by partition."""
        return [r for p in range(PARTITIONS) for r in self.records.get((topic, p), ())]
