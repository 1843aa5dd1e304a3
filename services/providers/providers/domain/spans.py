"""Participation as spans of days, oldest first, without overlap."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

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


def disorders(spans: Spans) -> Iterator[int]:
    """Positions of the spans that end before they start, or do not follow the one before.

    The spans may be parts of a broken form: nothing is said of what cannot be read.
    """
    for position, span in enumerate(spans):
        with suppress(AttributeError):
            backwards = span.end is not None and span.end < span.start
            too_early = position > 0 and not _ends_by(spans[position - 1], previous_day(span.start))
            if backwards or too_early:
                yield position


def _ends_by(span: Participation, day: date) -> bool:
    return span.end is not None and span.end <= day
