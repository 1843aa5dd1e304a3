"""I3: what was committed is in Kafka, and nothing is in Kafka that was not committed."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.history import History, Violation

COMMANDS = ".commands"


def check(history: History) -> Iterator[Violation]:
    published = {(r.topic, r.id): r for r in (*history.commands, *history.events)}
    for service, tables in history.tables.items():
        for row in tables.journal:
            record = published.get((row.topic, row.id))
            if record is None:
                yield Violation("lost", f"{service} committed {row.type} {row.id}, not published")
            elif record.digest != row.digest or record.key != row.key:
                yield Violation("wrong", f"{service} published {row.id} with another content")
    yield from _nothing_else(history)


def _nothing_else(history: History) -> Iterator[Violation]:
    """Commands without a cause are timers that fired; their rows are gone when they are through."""
    written = {service: {row.id for row in t.journal} for service, t in history.tables.items()}
    for record in history.first_of((*history.events, *history.commands)):
        if record.source not in written or (not record.cause and record.topic.endswith(COMMANDS)):
            continue
        if record.id not in written[record.source]:
            text = f"{record.type} {record.id} is in {record.topic} and was never committed"
            yield Violation("wrong", text)
