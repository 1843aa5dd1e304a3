"""Participation as spans of days, oldest first, without overlap."""

from datetime import date
from itertools import pairwise

from portal_contracts.providers.parts import Participation
from portal_runtime.domain.days import previous_day

Spans = tuple[Participation, ...]


def active(spans: Spans, day: date) -> bool:
    return any(span.includes(day) for span in spans)


def until(spans: Spans, last_day: date) -> Spans:
    """What is left when participation ends on `last_day`."""
    return tuple(
        span if _ends_by(span, last_day) else Participation(start=span.start, end=last_day)
        for span in spans
        if span.start <= last_day
    )


def since(spans: Spans, first_day: date) -> Spans:
    """The part from `first_day` on."""
    return tuple(
        span if span.start >= first_day else Participation(start=first_day, end=span.end)
        for span in spans
        if not _ends_by(span, previous_day(first_day))
    )


def opened(spans: Spans, first_day: date) -> Spans:
    """Active without end from `first_day` on; a span planned for later is part of that."""
    return (*until(spans, previous_day(first_day)), Participation(start=first_day))


def first_disorder(spans: Spans) -> int | None:
    """Position of the first span that ends before it starts, or does not follow the one before."""
    for position, span in enumerate(spans):
        if span.end is not None and span.end < span.start:
            return position
    for position, (one, next_) in enumerate(pairwise(spans), 1):
        if one.end is None or next_.start <= one.end:
            return position
    return None


def _ends_by(span: Participation, day: date) -> bool:
    return span.end is not None and span.end <= day
