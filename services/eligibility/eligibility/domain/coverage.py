"""Coverage spans change one by one: ended, opened again, added, paid for."""

from datetime import date
from itertools import pairwise

from eligibility.domain import spans
from eligibility.domain.enroll import span_of
from eligibility.domain.member import Member, Outcome, evolve, refused
from portal_contracts.common import Problem
from portal_contracts.eligibility.commands import ChangeCoverage, EndSpan, PaidThrough
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.eligibility.problems import (
    SPAN_ENDS_BEFORE_START,
    SPAN_NOT_FOUND,
    SPANS_OVERLAP,
)
from portal_contracts.eligibility.replies import CoverageChanged
from portal_contracts.problems.common import MEMBER_NOT_FOUND
from portal_runtime.domain.days import previous_day
from portal_runtime.domain.decision import Context, Decision

Spans = dict[date, CoverageSpan]
"""By first day: spans do not overlap, so it names one."""


def change(command: ChangeCoverage, member: Member | None, ctx: Context) -> Outcome:
    """End, add, pay, in this order; all of it or, with a problem, nothing."""
    if member is None:
        return refused(MEMBER_NOT_FOUND())
    by_start = {span.start: span for span in member.spans}
    problems = [
        *_end(command.end, by_start),
        *_add(command, by_start),
        *_pay(command.paid, by_start),
    ]
    if problems:
        return refused(*problems)
    return _outcome(member, spans.in_order(by_start.values()), ctx)


def _outcome(member: Member, after: tuple[CoverageSpan, ...], ctx: Context) -> Outcome:
    if after == member.spans:
        same = CoverageChanged(member_id=member.member_id, version=member.version, changed=False)
        return Outcome(Decision(reply=same))
    event = member.announced().model_copy(update={"spans": after, "version": member.version + 1})
    changed = evolve(member, event, ctx.now)
    reply = CoverageChanged(member_id=member.member_id, version=changed.version, changed=True)
    return Outcome(Decision(reply=reply, events=(event,)), changed)


def _end(ends: tuple[EndSpan, ...], by_start: Spans) -> list[Problem]:
    problems: list[Problem] = []
    for position, ending in enumerate(ends):
        span, field = by_start.get(ending.start), f"end.{position}"
        if span is None:
            problems.append(SPAN_NOT_FOUND(start=ending.start, field=f"{field}.start"))
        elif ending.end is None or ending.end >= ending.start:
            by_start[ending.start] = span.model_copy(update={"end": ending.end})
        elif ending.end == previous_day(ending.start):
            del by_start[ending.start]  # it never took effect
        else:
            early = SPAN_ENDS_BEFORE_START(start=ending.start, end=ending.end, field=f"{field}.end")
            problems.append(early)
    return problems


def _add(command: ChangeCoverage, by_start: Spans) -> list[Problem]:
    problems = spans.problems_of(command.add, "add")
    if problems:
        return problems
    # Spans that were there already may be sent again: a repeated command changes nothing.
    new = {i: span_of(s) for i, s in enumerate(command.add) if by_start.get(s.start) != span_of(s)}
    for position, span in new.items():
        clash = next((s for s in by_start.values() if spans.overlap(s, span)), None)
        if clash is not None:
            problems.append(_overlaps(span, clash, f"add.{position}.start"))
    if not problems:
        by_start |= {span.start: span for span in new.values()}
        problems += _reopened_over_another(by_start)
    return problems


def _reopened_over_another(by_start: Spans) -> list[Problem]:
    """A span with a later last day may run into the one behind it."""
    ordered = spans.in_order(by_start.values())
    return [_overlaps(b, a, "end") for a, b in pairwise(ordered) if spans.overlap(a, b)]


def _pay(payments: tuple[PaidThrough, ...], by_start: Spans) -> list[Problem]:
    problems: list[Problem] = []
    for position, payment in enumerate(payments):
        span = by_start.get(payment.start)
        if span is None:
            problems.append(SPAN_NOT_FOUND(start=payment.start, field=f"paid.{position}.start"))
        else:
            paid = span.model_copy(update={"paid_through": payment.paid_through})
            by_start[payment.start] = paid
    return problems


def _overlaps(span: CoverageSpan, other: CoverageSpan, field: str) -> Problem:
    words = spans.in_words
    return SPANS_OVERLAP(span=words(span), other=words(other), field=field)
