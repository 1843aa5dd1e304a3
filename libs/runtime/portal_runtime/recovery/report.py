"""What a comparison of a database with Kafka found: kinds, counts, first positions. No content."""

from dataclasses import dataclass, field
from datetime import datetime

from aiokafka import TopicPartition

from portal_runtime.storage.partition_positions import Offsets

FORGOTTEN = "taken, and forgotten"
LOST = "forgotten, and deleted by Kafka since"
BEYOND = "taken, and no longer in Kafka"
ANNOUNCED = "announced, and forgotten"
DIFFERENT = "announced, and decided otherwise since"
UNSENT = "marked as published, and not in Kafka"
UNPUBLISHED = "decided, and not published"
MOST_POSITIONS = 10_000


@dataclass
class Finding:
    """One kind of difference in one topic: how many, and the first of them."""

    what: str
    topic: str
    count: int = 0
    first: str = ""
    at: datetime | None = None
    positions: list[str] = field(default_factory=list)
    """All of them, up to `MOST_POSITIONS`."""


@dataclass
class Report:
    """All differences, and from where messages have to be taken again."""

    service: str
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    behind: Offsets = field(default_factory=dict)
    """By how much Kafka's offset is ahead of the database, for each partition where it is."""
    again: Offsets = field(default_factory=dict)
    """Where each partition has to be taken from again."""
    until: Offsets = field(default_factory=dict)
    """Up to where events of others have to be taken before any command."""

    def note(self, what: str, topic: str, first: str, at: datetime | None, count: int = 1) -> None:
        found = self.findings.setdefault((what, topic), Finding(what, topic))
        if not found.count or (at and found.at and at < found.at):
            found.first, found.at = first, at
        found.count += count
        if len(found.positions) < MOST_POSITIONS:
            found.positions.append(first)

    def take_again(self, tp: TopicPartition, offset: int) -> None:
        self.again[tp] = min(offset, self.again.get(tp, offset))

    def count(self, what: str) -> int:
        return sum(found.count for found in self.findings.values() if found.what == what)

    @property
    def consistent(self) -> bool:
        return not (self.findings or self.behind)

    @property
    def uncertain(self) -> bool:
        """Whether messages are gone, and nobody can tell what they were."""
        return self.count(LOST) + self.count(BEYOND) > 0
