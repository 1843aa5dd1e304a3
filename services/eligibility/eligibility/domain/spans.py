"""Periods of coverage: in order, without overlap."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Protocol

from portal_contracts.common import Problem
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.eligibility.problems import SPANS_OVERLAP
from portal_contracts.problems.common import DATES_OUT_OF_ORDER
from portal_runtime.domain.days import long_date


class Dated(Protocol):
    """Anything with a first and a last day, both included."""

    @property
    def start(self) -> date: ...

    @property
    def end(self) -> date | None: ...


def overlap(one: Dated, other: Dated) -> bool:
    """Whether the two have a day in common."""
    return one.start <= (other.end or date.max) and other.start <= (one.end or date.max)


def in_order(spans: Iterable[CoverageSpan]) -> tuple[CoverageSpan, ...]:
    return tuple(sorted(spans, key=lambda span: span.start))


def on(spans: Iterable[CoverageSpan], day: date) -> CoverageSpan | None:
    """The span that covers the day; they do not overlap, so there is one at most."""
    return next((span for span in spans if span.includes(day)), None)


def in_words(period: Dated) -> str:
    """'January 1, 2026 to June 30, 2026', 'from January 1, 2026 on'."""
    if period.end is None:
        return f"from {long_date(period.start)} on"
    return f"{long_date(period.start)} to {long_date(period.end)}"


def problems_of(spans: Sequence[CoverageSpan], field: str) -> list[Problem]:
    """Spans that end before they start, or that overlap the one before them."""
    found = [
        _backwards(s.start, s.end, i, field)
        for i, s in enumerate(spans)
        if s.end is not None and s.end < s.start
    ]
    if found:
        return found
    ordered = sorted(enumerate(spans), key=lambda item: item[1].start)
    pairs = pairwise(ordered)
    return [_overlapping(a, b, i, field) for (_, a), (i, b) in pairs if overlap(a, b)]


def _backwards(start: date, end: date, position: int, field: str) -> Problem:
    what = f"Coverage span {position + 1}"
    return DATES_OUT_OF_ORDER(what=what, first=start, last=end, field=f"{field}.{position}.end")


def _overlapping(one: CoverageSpan, other: CoverageSpan, position: int, field: str) -> Problem:
    return SPANS_OVERLAP(
        span=f"{position + 1} ({in_words(other)})",
        other=in_words(one),
        field=f"{field}.{position}.start",
    )
