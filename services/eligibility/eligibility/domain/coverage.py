"""Coverage spans change one by one: ended, opened again, added, paid for."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from eligibility.domain import spans
from eligibility.domain.member import Member, evolve
from portal_contracts.common import Problem
from portal_contracts.eligibility.commands import ChangeCoverage, EndSpan, PaidThrough, Span
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.eligibility.problems import (
    SPAN_ENDS_BEFORE_START,
    SPAN_NOT_FOUND,
    SPANS_OVERLAP,
)
from portal_contracts.eligibility.replies import CoverageChanged
from portal_contracts.problems.common import MEMBER_NOT_FOUND
from portal_runtime.domain.copying import like
from portal_runtime.domain.days import previous_day
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.form_checks import part, problems_of
from portal_runtime.domain.outcome import Outcome, refused

Spans = dict[date, CoverageSpan]
"""By first day: spans do not overlap, so it names one."""


def change(command: ChangeCoverage, member: Member | None, ctx: Context) -> Outcome[Member]:
    """End, add, pay, in this order; all of it or, with a problem, nothing."""
    problems = check(command)
    if member is None:
        return refused(MEMBER_NOT_FOUND(), *problems)
    by_start = {span.start: span for span in member.spans}
    problems += _end(command.end, by_start)
    problems += _add(command.add, by_start)
    problems += _pay(command.paid, by_start)
    # A span with a later last day may run into the one behind it.
    problems += () if problems else _overlaps(by_start)
    if problems:
        return refused(*problems)
    return _outcome(member, spans.in_order(by_start.values()), ctx)


def check(form: Any, *_: object) -> list[Problem]:
    """What is wrong with the form, or with the parts of it that can be read."""
    return problems_of(form, (_ended, _added))


def _added(form: Any) -> Iterator[Problem]:
    return spans.problems_of(form.add, "add")


def _ended(form: Any) -> Iterator[Problem]:
    for position, ending in enumerate(form.end):
        start, end = part(ending, "start"), part(ending, "end")
        if start is not None and _is_before(end, start):
            yield SPAN_ENDS_BEFORE_START(start=start, end=end, field=f"end.{position}.end")


def _is_before(end: date | None, start: date) -> bool:
    """Whether a span cannot end so. On the day before its start: it never took effect."""
    return end is not None and end < previous_day(start)


def _outcome(member: Member, after: tuple[CoverageSpan, ...], ctx: Context) -> Outcome[Member]:
    if after == member.spans:
        return Outcome(Decision(reply=like(CoverageChanged, member, changed=False)))
    event = like(MemberChanged, member, spans=after, version=member.version + 1)
    changed = evolve(member, event, ctx.now)
    reply = like(CoverageChanged, changed, changed=True)
    return Outcome(Decision(reply=reply, events=(event,)), changed)


def _end(ends: tuple[EndSpan, ...], by_start: Spans) -> Iterator[Problem]:
    for position, ending in enumerate(ends):
        start, end = ending.start, ending.end
        span = by_start.get(start)
        if span is None:
            yield SPAN_NOT_FOUND(start=start, field=f"end.{position}.start")
        elif end == previous_day(start):
            del by_start[start]
        else:
            # One whose end is in doubt is in the way of no other.
            by_start[start] = span.model_copy(
                update={"end": start if _is_before(end, start) else end}
            )


def _add(added: tuple[Span, ...], by_start: Spans) -> Iterator[Problem]:
    # Spans that were there already may be sent again: a repeated command changes nothing.
    new = {i: spans.span_of(s) for i, s in enumerate(added)}
    new = {i: span for i, span in new.items() if by_start.get(span.start) != span}
    for position, span in new.items():
        others = () if spans.is_backwards(span) else by_start.values()
        clash = next((s for s in others if spans.overlap(s, span)), None)
        if clash is not None:
            yield _overlap(span, clash, f"add.{position}.start")
    by_start |= {span.start: span for span in new.values()}


def _overlaps(by_start: Spans) -> Iterator[Problem]:
    ordered = spans.in_order(by_start.values())
    return (_overlap(b, a, "end") for a, b in pairwise(ordered) if spans.overlap(a, b))


def _pay(payments: tuple[PaidThrough, ...], by_start: Spans) -> Iterator[Problem]:
    for position, payment in enumerate(payments):
        span = by_start.get(payment.start)
        if span is None:
            yield SPAN_NOT_FOUND(start=payment.start, field=f"paid.{position}.start")
        else:
            paid = span.model_copy(update={"paid_through": payment.paid_through})
            by_start[payment.start] = paid


def _overlap(span: CoverageSpan, other: CoverageSpan, field: str) -> Problem:
    words = spans.in_words
    return SPANS_OVERLAP(span=words(span), other=words(other), field=field)
