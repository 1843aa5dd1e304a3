"""I4: an offset is committed only after everything before it was taken or parked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from tests.chaos.history import History, Record, Violation
from tests.chaos.orders import REFUSED


def check(history: History) -> Iterator[Violation]:
    """A type of which a service has taken a record is one it listens to: then it takes all."""
    by_place: dict[tuple[str, int], list[Record]] = defaultdict(list)
    for record in (*history.commands, *history.events):
        by_place[record.topic, record.partition].append(record)
    refused = {sent.place for sent in history.sent if sent.expect == REFUSED}
    for service, tables in history.tables.items():
        parked = {(row.topic, row.partition, row.offset) for row in tables.parked}
        listened = {
            (r.topic, r.type) for r in (*history.commands, *history.events) if r.id in tables.inbox
        }
        for (owner, topic, partition), offset in history.committed.items():
            if owner != service:
                continue
            for record in by_place[topic, partition]:
                if record.offset >= offset or record.place in refused:
                    continue
                if (topic, record.type) not in listened or record.place in parked:
                    continue
                if record.id not in tables.inbox and origin(record) not in tables.inbox:
                    text = f"{service} went past {record.place} ({record.type}) without taking it"
                    yield Violation("lost", text)


def origin(record: Record) -> str:
    """The id of a record that nobody vouched for."""
    return str(uuid5(NAMESPACE_URL, f"{record.topic}/{record.partition}/{record.offset}"))
