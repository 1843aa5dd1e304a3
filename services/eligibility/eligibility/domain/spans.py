"""Periods of coverage: in order, without overlap."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Protocol

from portal_contracts.common import Problem
from portal_contracts.eligibility.commands import Span
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.eligibility.problems import SPANS_OVERLAP
from portal_runtime.domain.copying import like
from portal_runtime.domain.days import long_date
from portal_runtime.domain.form_checks import order_problems


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


def span_of(span: Span) -> CoverageSpan:
    """As it is kept and published."""
    return like(CoverageSpan, span)


def is_backwards(period: Dated) -> bool:
    return period.end is not None and period.end < period.start


def problems_of(spans: Sequence[CoverageSpan], field: str) -> Iterator[Problem]:
    """Spans that end before they start, or that overlap one that began before them.

    The spans may be parts of a broken form: nothing is said of what cannot be read.
    """
    whole = [(i, s) for i, s in enumerate(spans) if hasattr(s, "start") and hasattr(s, "end")]
    for position, span in whole:
        what, path = f"Coverage span {position + 1}", f"{field}.{position}.end"
        yield from order_problems(span.start, span.end, what, path)
    sound = [(i, s) for i, s in whole if not is_backwards(s)]
    longest: CoverageSpan | None = None
    for position, span in sorted(sound, key=lambda item: item[1].start):
        if longest is not None and overlap(longest, span):
            yield SPANS_OVERLAP(
                span=f"{position + 1} ({in_words(span)})",
                other=in_words(longest),
                field=f"{field}.{position}.start",
            )
        if longest is None or (longest.end or date.max) < (span.end or date.max):
            longest = span
