"""Is a member covered on a day? (EL-03, EL-04)"""

from datetime import date, timedelta

from eligibility.domain import spans
from eligibility.domain.member import Member
from eligibility.domain.plan import Plan, add_months
from portal_contracts.common import Problem
from portal_contracts.eligibility.events import CoverageSpan
from portal_contracts.eligibility.queries import Eligibility, GracePeriod, WhyIneligible

ONE_DAY = timedelta(days=1)
ACCIDENTS_ONLY = frozenset({"auto", "workers_comp"})


def date_problem(day: date, today: date, plan: Plan) -> Problem | None:
    """EL-03: not after today, and not further back than the plan answers."""
    earliest = add_months(today, -plan.lookback_months)
    if day > today:
        text = f"Date of service: {day} lies in the future. Enter today, {today}, or a day before."
        return Problem(code="in_future", message=text, field="date_of_service")
    if day < earliest:
        text = (
            f"Date of service: {day} is more than {plan.lookback_months} months ago. "
            f"Enter {earliest} or a later day."
        )
        return Problem(code="too_long_ago", message=text, field="date_of_service")
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
        message=_past_due(day, span, grace) if grace else f"Eligible on {day}.",
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
    first = max(span.paid_through + ONE_DAY, span.start)
    month = (day.year - first.year) * 12 + day.month - first.month
    if add_months(first, month) <= day:
        month += 1
    ends = add_months(first, plan.grace_of(span.line_of_business)) - ONE_DAY
    return GracePeriod(paid_through=span.paid_through, month=month, ends=ends)


def pays_first(member: Member, day: date) -> tuple[str, ...]:
    """Who pays before us. Accident insurance does so for accidents only: the COB panel shows it."""
    policies = (p.policy for p in member.policies)
    return tuple(
        p.carrier
        for p in policies
        if p.primary and p.period().includes(day) and p.insurance_type not in ACCIDENTS_ONLY
    )


def _past_due(day: date, span: CoverageSpan, grace: GracePeriod) -> str:
    if day > grace.ends:
        # The plan's feed ends coverage, not this service: until then the span is what holds.
        return (
            f"Eligible on {day}, but past due: premium is paid through {grace.paid_through}, and "
            f"the grace period ended on {grace.ends}. Coverage may be ended back to an earlier day."
        )
    text = (
        f"Eligible on {day}, but past due: premium is paid through {grace.paid_through}. "
        f"The day lies in month {grace.month} of the grace period, which ends on {grace.ends}."
    )
    if grace.month > 1:
        text += " Payment may be held back, or taken back when coverage ends."
    return text


def _ineligible(member: Member, day: date, asked: str) -> Eligibility:
    why, reason = _why(member.spans, day)
    return Eligibility(
        member=member.summary(),
        asked=asked,
        status="ineligible",
        message=f"Not eligible on {day}: {reason}",
        why=why,
    )


def _why(covered: tuple[CoverageSpan, ...], day: date) -> tuple[WhyIneligible, str]:
    ended = [span.end for span in covered if span.end is not None and span.end < day]
    coming = [span.start for span in covered if span.start > day]
    if ended and coming:
        return "between_spans", f"coverage ended on {max(ended)} and began again on {min(coming)}."
    if ended:
        return "coverage_ended", f"coverage ended on {max(ended)}."
    if coming:
        return "not_yet_covered", f"coverage begins on {min(coming)}."
    return "never_covered", "no coverage is on file."
