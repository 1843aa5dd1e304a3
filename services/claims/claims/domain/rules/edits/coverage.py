"""CL-17.3 Coverage on the dates: 26 before, 27 after, 239 partly, CO-31 not our insured."""

from datetime import date

from claims.domain.facts import Facts
from claims.domain.rules.case import Case, Finding
from portal_contracts.eligibility.parts import CoverageSpan
from portal_runtime.domain.days import next_day

NOT_OUR_INSURED = Finding("CO", "31", ("N382",))
SPANS_BOTH = Finding("CO", "239")


def coverage(case: Case, facts: Facts) -> Finding | None:
    """The patient is our member, and covered on all dates of the claim."""
    member = facts.member
    if member is None or member.date_of_birth != case.submission.patient.date_of_birth:
        return NOT_OUR_INSURED
    span = case.span
    if span is not None:
        if span.end is None or case.last <= span.end:
            return None
        return None if _covered_until(span, member.spans) >= case.last else SPANS_BOTH
    return _uncovered(case, member.spans)


def _uncovered(case: Case, spans: tuple[CoverageSpan, ...]) -> Finding:
    if any(case.first < span.start <= case.last for span in spans):
        return SPANS_BOTH
    group = case.business.uncovered_group
    if all(case.first < span.start for span in spans):
        return Finding(group, "26", ("N30",))
    return Finding(group, "27", ("N30",))


def _covered_until(span: CoverageSpan, spans: tuple[CoverageSpan, ...]) -> date:
    """Last covered day, over spans that follow each other without a gap (a change of plan)."""
    end = span.end or date.max
    for other in sorted(spans, key=lambda s: s.start):
        if other.start <= next_day(end):
            end = max(end, other.end or date.max)
    return end
