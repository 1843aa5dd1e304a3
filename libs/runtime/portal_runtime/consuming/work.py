"""A batch on its way through the stages, and what comes after it in Kafka."""

from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka import TopicPartition

from portal_runtime.deciding.batch import Batch
from portal_runtime.intake.arrival import Arrival


@dataclass(slots=True)
class Work:
    """What was read at once, and what was decided about it."""

    arrivals: list[Arrival]
    generation: int
    """Of the assignment in which it was read."""
    batches: list[Batch]


def next_offsets(works: Iterable[Work]) -> dict[TopicPartition, int]:
    """What comes next in each partition when these are done."""
    offsets: dict[TopicPartition, int] = {}
    for work in works:
        for arrival in work.arrivals:
            tp = TopicPartition(arrival.record.topic, arrival.record.partition)
            offsets[tp] = max(offsets.get(tp, 0), arrival.record.offset + 1)
    return offsets
