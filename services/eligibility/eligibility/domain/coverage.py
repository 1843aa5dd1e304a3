"""Coverage spans change one by one: ended, opened again, added, paid for."""

from datetime import date
from itertools import pairwise

from eligibility.domain import spans
from eligibility.domain.enrol import span_of
from eligibility.domain.member import Member, Outcome, evolve, refused
from eligibility.domain.unknown import unknown_member
from portal_contracts.common import Problem
from portal_contracts.eligibility.commands import ChangeCoverage, EndSpan, PaidThrough
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.eligibility.replies import CoverageChanged
from portal_runtime.domain.days import long_date, previous_day
from portal_runtime.domain.decision import Context, Decision

Spans = dict[date, CoverageSpan]
"""By first day: spans do not overlap, so it names one."""


def change(command: ChangeCoverage, member: Member | None, ctx: Context) -> Outcome:
    """End, add, pay, in this order; all of it or, with a problem, nothing."""
    if member is None:
        return refused(unknown_member(command.member_id))
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
            problems.append(_not_on_file(ending.start, field))
        elif ending.end is None or ending.end >= ending.start:
            by_start[ending.start] = span.model_copy(update={"end": ending.end})
        elif ending.end == previous_day(ending.start):
            del by_start[ending.start]  # it never took effect
        else:
            problems.append(_ends_too_early(ending.start, ending.end, field))
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
            problems.append(_not_on_file(payment.start, f"paid.{position}"))
        else:
            paid = span.model_copy(update={"paid_through": payment.paid_through})
            by_start[payment.start] = paid
    return problems


def _not_on_file(start: date, field: str) -> Problem:
    text = (
        f"Coverage span: the member has none that starts on {long_date(start)}. "
        "Give the first day of a span on file."
    )
    return Problem(code="span_not_found", message=text, field=f"{field}.start")


def _ends_too_early(start: date, end: date, field: str) -> Problem:
    text = (
        f"Coverage span: cannot end on {long_date(end)}, before it starts on {long_date(start)}. "
        "To remove a span that never took effect, end it on the day before its start."
    )
    return Problem(code="order", message=text, field=f"{field}.end")


def _overlaps(span: CoverageSpan, other: CoverageSpan, field: str) -> Problem:
    text = (
        f"Coverage span {spans.in_words(span)} overlaps the span {spans.in_words(other)}. "
        "A member has one plan on a day: end the earlier span on the day before the later one."
    )
    return Problem(code="overlap", message=text, field=field)
