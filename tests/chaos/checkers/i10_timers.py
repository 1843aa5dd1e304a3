"""I10: a deadline speaks once, never early, and never after it was called off.

Which day it is, is counted here once more, by the calendar of where the plan is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal_contracts.providers.events import (
    InformationRequested,
    MaintenanceRequestSubmitted,
    QuestionAnswered,
    RequestApproved,
    RequestRejected,
    SlaBreached,
    SlaWarning,
)
from portal_runtime.settings import RuntimeSettings
from tests.chaos.history import History, Record, Violation

ZONE = ZoneInfo(RuntimeSettings().plan_time_zone)
DAY = timedelta(days=1)
SETS = frozenset({MaintenanceRequestSubmitted.TYPE, QuestionAnswered.TYPE})
STOPS = frozenset({InformationRequested.TYPE})
ENDS = frozenset({RequestApproved.TYPE, RequestRejected.TYPE})
SPEAKS = {SlaWarning.TYPE: "warn_at", SlaBreached.TYPE: "late_from"}


@dataclass
class _Requests:
    """The requests of a run as their events, in the order of their topic, leave them."""

    clocks: dict[str, dict[str, str | None]] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    spoken: Counter[tuple[str, str]] = field(default_factory=Counter)
    along: set[tuple[str, str]] = field(default_factory=set)
    """Requests with the message that breached them, where it also did something else with them."""


def check(history: History) -> Iterator[Violation]:
    """Events of a request stand in their order in its topic."""
    known = _Requests()
    breaches: dict[str, Record] = {}
    for event in history.of_type(*SETS, *STOPS, *ENDS, *SPEAKS):
        if event.facts is None:
            continue
        number = event.facts["number"]
        if event.type in SETS:
            known.clocks[number] = event.facts["clock"]
            known.running.add(number)
            yield from _promised(event)
        elif event.type in SPEAKS:
            known.spoken[number, event.type] += 1
            yield from _spoke(history, event, known.clocks.get(number), number in known.running)
        else:
            yield from _ended(event, known)
            known.running.discard(number)
        if event.type == SlaBreached.TYPE:
            breaches[number] = event
        elif event.type not in SPEAKS:
            known.along.add((number, event.cause))
    for (number, type_), count in known.spoken.items():
        if count > 1:
            yield Violation("double", f"{number}: {type_} {count} times")
    yield from _silent(history, known)
    yield from _unwarned(known, breaches)


def _promised(event: Record) -> Iterator[Violation]:
    """The due day of a new request is D + N, and it is late from the midnight after."""
    assert event.facts is not None
    number, clock = event.facts["number"], event.facts["clock"]
    due = date.fromisoformat(clock["due_date"])
    midnight = datetime.combine(due + DAY, time(), ZONE)
    if datetime.fromisoformat(clock["late_from"]) != midnight:
        yield Violation("wrong", f"{number}: due on {due}, and late from {clock['late_from']}")
    counts_all_days = clock["basis"] == "calendar_days"
    if event.type == MaintenanceRequestSubmitted.TYPE and counts_all_days:
        received = datetime.fromisoformat(event.facts["at"]).astimezone(ZONE).date()
        if due != received + DAY * clock["allowance"]:
            yield Violation("wrong", f"{number}: received on {received}, and due on {due}")


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


def _ended(event: Record, known: _Requests) -> Iterator[Violation]:
    """Whoever decides after the deadline notes the breach first, and is told that it was late."""
    assert event.facts is not None
    number, at = event.facts["number"], event.facts["at"]
    if event.type not in ENDS or number not in known.running:
        return
    due, breached = known.clocks[number]["late_from"], known.spoken[number, SlaBreached.TYPE] > 0
    late = due is not None and datetime.fromisoformat(at) >= datetime.fromisoformat(due)
    if late and not breached:
        yield Violation("late", f"{number} ended at {at}, after {due}, and nobody was told")
    if event.facts.get("in_time", not late) == late:
        yield Violation("wrong", f"{number} ended at {at}, due {due}, and is said to be otherwise")


def _silent(history: History, known: _Requests) -> Iterator[Violation]:
    """Of what is still open: each moment that has passed has spoken."""
    final = history.final_clock()
    for number in known.running:
        for type_, moment in SPEAKS.items():
            due = known.clocks[number][moment]
            if final is None or due is None or datetime.fromisoformat(due) > final:
                continue
            if not known.spoken[number, type_] and not known.spoken[number, SlaBreached.TYPE]:
                yield Violation("late", f"{number}: {due} has passed without {type_}")


def _unwarned(known: _Requests, breaches: dict[str, Record]) -> Iterator[Violation]:
    """Timers fire in their order, so the warning comes first, however far the clock leaps.

    Except where the breach was noted by whoever decided or asked: there no timer had its turn.
    """
    for number, event in breaches.items():
        warned = known.spoken[number, SlaWarning.TYPE]
        if not warned and (number, event.cause) not in known.along:
            yield Violation("late", f"{number}: breached and never warned of")
