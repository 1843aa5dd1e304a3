"""I6: a key is in one partition of a topic, always the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.chaos.history import History, Violation


def check(history: History) -> Iterator[Violation]:
    places: dict[tuple[str, str], set[int]] = defaultdict(set)
    for record in (*history.events, *history.commands):
        places[record.topic, record.key].add(record.partition)
    for (topic, key), partitions in places.items():
        if len(partitions) > 1:
            found = sorted(partitions)
            yield Violation("out of order", f"key {key!r} of {topic} is in partitions {found}")
