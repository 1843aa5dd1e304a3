"""I14: when all is healed nothing waits: no lag, nothing unpublished, no timer that is due, no
effect; and no process ended that nobody had ended (`instances.py` says which ends are allowed)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from portal_contracts import topics
from tests.chaos.history import EffectRow, History, Violation


def check(history: History) -> Iterator[Violation]:
    for note in history.notes:
        yield Violation("late", note)
    for death in history.deaths:
        yield Violation("wrong", death)
    for (service, topic, partition), offset in history.committed.items():
        end = history.ends.get((topic, partition))
        if end is not None and offset < end:
            text = f"{service} is {end - offset} records behind in {topic}/{partition}"
            yield Violation("late", text)
    yield from _never_taken(history)
    final = history.final_clock()
    for service, tables in history.tables.items():
        if tables.unpublished:
            text = f"{service} has {len(tables.unpublished)} batches that are not published"
            yield Violation("lost", text)
        for key, due in tables.timers:
            if final is not None and due <= final:
                yield Violation("late", f"{service}: the timer {key} was due and has not fired")
        yield from _effects(service, tables.effects)
    yield from _letters(history)


def _effects(service: str, rows: list[EffectRow]) -> Iterator[Violation]:
    """Each is gone, or parked with a reason; and no fault of ours is a reason."""
    for row in rows:
        about = f"{service}: {row.kind} of {row.key}"
        if row.state == "waiting":
            yield Violation("lost", f"{about} was ordered and not carried out")
        elif not row.reason:
            yield Violation("lost", f"{about} is {row.state} and nobody says why")
        else:
            yield Violation("wrong", f"{about} is {row.state}: {row.reason}")


def _never_taken(history: History) -> Iterator[Violation]:
    """Who has committed nothing has no lag either: each place with records has its offset."""
    for service, topic in sorted(history.listens):
        for (name, partition), end in history.ends.items():
            if name == topic and end and (service, topic, partition) not in history.committed:
                text = f"{service} has never taken any of the {end} records in {topic}/{partition}"
                yield Violation("lost", text)


def _letters(history: History) -> Iterator[Violation]:
    """Everything parked is announced among the dead letters, each parking at least once."""
    announced = Counter((letter.topic, letter.origin) for letter in history.letters)
    for service, tables in history.tables.items():
        topic = topics.dead_letters(service)
        parked = Counter(f"{row.topic}/{row.partition}/{row.offset}" for row in tables.parked)
        for origin, count in parked.items():
            told = announced[topic, origin]
            if told < count:
                text = f"{service} parked {origin} {count} times and announced it {told} times"
                yield Violation("lost", text)
