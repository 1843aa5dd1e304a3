"""Is a member covered on a day? (EL-03, EL-04)"""

from datetime import date

from eligibility.domain import spans
from eligibility.domain.member import Member
from eligibility.domain.plan import Plan, grace_of
from portal_contracts.common import Problem
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.eligibility.problems import TOO_LONG_AGO
from portal_contracts.eligibility.replies import Eligibility, GracePeriod, WhyIneligible
from portal_contracts.problems.common import DATE_IN_FUTURE
from portal_runtime.domain.days import add_months, long_date, next_day, previous_day

ACCIDENTS_ONLY = frozenset({"auto", "workers_comp"})


def date_problem(day: date, today: date, plan: Plan) -> Problem | None:
    """EL-03: not after today, and not further back than the plan answers."""
    earliest = add_months(today, -plan.lookback_months)
    if day > today:
        return DATE_IN_FUTURE(what="Date of service", today=today, field="date_of_service")
    if day < earliest:
        return TOO_LONG_AGO(day=day, months=plan.lookback_months, earliest=earliest)
    return None


def check(member: Member, day: date, asked: str, plan: Plan) -> Eligibility:
    """EL-04: eligible, eligible but past due, or ineligible, with plan and reason."""
    span = spans.on(member.spans, day)
    if span is None:
        return _ineligible(member, day, asked)
    grace = grace_on(span, day, plan)
    return Eligibility(
        member=member.summary(),
        asked=asked,
        status="eligible_past_due" if grace else "eligible",
        message=_past_due(day, span, grace) if grace else f"Eligible on {long_date(day)}.",
        plan=span.plan,
        line_of_business=span.line_of_business,
        covered_from=span.start,
        covered_to=span.end,
        grace=grace,
        pays_first=pays_first(member, day),
    )


def grace_on(span: CoverageSpan, day: date, plan: Plan) -> GracePeriod | None:
    """Where in the grace period the day lies, when the premium for it is not paid."""
    if span.paid_through is None or day <= span.paid_through:
        return None
    first = max(next_day(span.paid_through), span.start)
    month = (day.year - first.year) * 12 + day.month - first.month
    if add_months(first, month) <= day:
        month += 1
    ends = previous_day(add_months(first, grace_of(plan, span.line_of_business)))
    return GracePeriod(paid_through=span.paid_through, month=month, ends=ends)


def pays_first(member: Member, day: date) -> tuple[str, ...]:
    """Who pays before us. Accident insurance does so for accidents only: the COB panel shows it."""
    return tuple(
        p.carrier
        for p in member.cob
        if p.primary and p.period().includes(day) and p.insurance_type not in ACCIDENTS_ONLY
    )


def _past_due(day: date, span: CoverageSpan, grace: GracePeriod) -> str:
    text = (
        f"Eligible on {long_date(day)}, but past due: premium is paid through "
        f"{long_date(grace.paid_through)}"
    )
    ends = long_date(grace.ends)
    if day > grace.ends:
        # The plan's feed ends coverage, not this service: until then the span is what holds.
        return (
            f"{text}, and the grace period ended on {ends}. "
            "Coverage may be ended back to an earlier day."
        )
    text += f". The day lies in month {grace.month} of the grace period, which ends on {ends}."
    if grace.month > 1:
        text += " Payment may be held back, or taken back when coverage ends."
    return text


def _ineligible(member: Member, day: date, asked: str) -> Eligibility:
    why, reason = _why(member.spans, day)
    return Eligibility(
        member=member.summary(),
        asked=asked,
        status="ineligible",
        message=f"Not eligible on {long_date(day)}: {reason}",
        why=why,
    )


def _why(covered: tuple[CoverageSpan, ...], day: date) -> tuple[WhyIneligible, str]:
    ended = [span.end for span in covered if span.end is not None and span.end < day]
    coming = [span.start for span in covered if span.start > day]
    if ended and coming:
        last, first = long_date(max(ended)), long_date(min(coming))
        return "between_spans", f"coverage ended on {last} and began again on {first}."
    if ended:
        return "coverage_ended", f"coverage ended on {long_date(max(ended))}."
    if coming:
        return "not_yet_covered", f"coverage begins on {long_date(min(coming))}."
    return "never_covered", "no coverage is on file."
