"""I10: a deadline speaks once, never early, and never after it was called off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from portal_contracts.providers.events import (
    InformationRequested,
    MaintenanceRequestSubmitted,
    QuestionAnswered,
    RequestApproved,
    RequestRejected,
    SlaBreached,
    SlaWarning,
)
from tests.chaos.history import History, Record, Violation

SETS = frozenset({MaintenanceRequestSubmitted.TYPE, QuestionAnswered.TYPE})
STOPS = frozenset({InformationRequested.TYPE})
ENDS = frozenset({RequestApproved.TYPE, RequestRejected.TYPE})
SPEAKS = {SlaWarning.TYPE: "warn_at", SlaBreached.TYPE: "due_at"}


def check(history: History) -> Iterator[Violation]:
    """Events of a request stand in their order in its topic."""
    clocks: dict[str, dict[str, str | None]] = {}
    running: set[str] = set()
    spoken: Counter[tuple[str, str]] = Counter()
    for event in history.of_type(*SETS, *STOPS, *ENDS, *SPEAKS):
        if event.facts is None:
            continue
        number = event.facts["number"]
        if event.type in SETS:
            clocks[number] = event.facts["clock"]
            running.add(number)
        elif event.type in SPEAKS:
            spoken[number, event.type] += 1
            yield from _spoke(history, event, clocks.get(number), number in running)
        else:
            running.discard(number)
    for (number, type_), count in spoken.items():
        if count > 1:
            yield Violation("double", f"{number}: {type_} {count} times")
    yield from _silent(history, clocks, running, spoken)


def _spoke(
    history: History, event: Record, clock: dict[str, str | None] | None, running: bool
) -> Iterator[Violation]:
    assert event.facts is not None
    number, due = event.facts["number"], (clock or {}).get(SPEAKS[event.type])
    if not running or due is None:
        yield Violation("wrong", f"{number}: {event.type} although its clock does not run")
        return
    moment = datetime.fromisoformat(due)
    if datetime.fromisoformat(event.facts["at"]) < moment:
        yield Violation("early", f"{number}: {event.type} before {due}")
    if history.latest_clock(event.at) < moment.timestamp() - history.GRAIN:
        yield Violation("early", f"{number}: {event.type} when no clock had reached {due}")


def _silent(
    history: History,
    clocks: dict[str, dict[str, str | None]],
    running: set[str],
    spoken: Counter[tuple[str, str]],
) -> Iterator[Violation]:
    final = history.final_clock()
    for number in running:
        due = clocks[number]["due_at"]
        if final is None or due is None or datetime.fromisoformat(due) > final:
            continue
        if not spoken[number, SlaBreached.TYPE]:
            yield Violation("late", f"{number}: {due} has passed and nobody was told")
