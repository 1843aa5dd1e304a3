"""Whether a command is in the partition of its key: elsewhere its order would not be kept."""

from collections.abc import Callable
from typing import Any

from aiokafka import ConsumerRecord

from portal_contracts import topics
from portal_runtime.wire.partitioner import partition_of

MOST_KEYS = 100_000


class KeyPartitions:
    """Remembers which partition the keys of one consumer's topics belong to."""

    def __init__(self, consumer: Callable[[], Any]) -> None:
        self._consumer = consumer
        self._of_key: dict[bytes | None, int] = {}

    def forget(self) -> None:
        """A topic may have more partitions now."""
        self._of_key.clear()

    def fits(self, record: ConsumerRecord) -> bool:
        """Whether the record is in the partition that Kafka's own clients choose for its key.

        Events are not checked: their owner's runtime placed them.
        """
        if not topics.holds_commands(record.topic):
            return True
        home = self._of_key.get(record.key)
        if home is None:
            partitions = self._consumer().partitions_for_topic(record.topic)
            if not partitions:
                return True
            if len(self._of_key) > MOST_KEYS:
                self._of_key.clear()
            home = partition_of(record.key, len(partitions))
            self._of_key[record.key] = home
        return home == record.partition  # type: ignore[no-any-return]
