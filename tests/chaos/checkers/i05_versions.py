"""I5: the versions of a thing rise strictly, in its topic and in everybody's copy of it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.driver import SOURCE
from tests.chaos.history import History, Record, Violation

STRANGE = SOURCE.decode()


def check(history: History) -> Iterator[Violation]:
    latest: dict[tuple[str, str], int] = {}
    highest: dict[str, int] = {}
    for event in history.first_of(history.events):
        name, version = _what(event)
        if not name or event.source == STRANGE:
            continue  # stale on purpose; copies must not follow it
        before = latest.get((event.type, name), 0)
        if version <= before:
            text = f"{event.type} of {_shown(name)}: version {version} stands behind {before}"
            yield Violation("out of order", text)
        elif version < highest.get(name, 0):
            text = f"{event.type} of {_shown(name)}: version {version} after {highest[name]}"
            yield Violation("out of order", text)
        latest[event.type, name] = max(before, version)
        highest[name] = max(highest.get(name, 0), version)
    yield from _copies(history)


def _copies(history: History) -> Iterator[Violation]:
    """Each service's facts are the latest of what it took."""
    for service, tables in history.tables.items():
        expected: dict[str, int] = {}
        for event in history.events:
            if event.id in tables.inbox:
                name, version = _what(event)
                expected[name] = max(expected.get(name, 0), version)
        for (kind, key), version in tables.facts.items():
            if key in expected and version != expected[key]:
                text = f"{service} holds {kind} version {version}, announced was {expected[key]}"
                yield Violation("out of order", text)


def _what(event: Record) -> tuple[str, int]:
    """What the event is about, and which version of it; nothing for poison."""
    facts = event.facts
    if facts is None or "version" not in facts or not isinstance(facts["version"], int):
        return "", 0
    return facts.get("member") or event.subject, facts["version"]


def _shown(name: str) -> str:
    """Members are not named, also not in a test's report."""
    return name if "-" in name and name.split("-", 1)[0] in ("CLM", "DOC", "PMR", "AUTH") else "it"
