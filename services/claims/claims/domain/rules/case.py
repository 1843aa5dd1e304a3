"""A claim as the rules see it: both forms alike, money in cents, the plan looked up once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from claims.domain.facts import Facts
from claims.domain.rules.pricing_day import paid_by_discharge
from claims.domain.rules.rule_set import Benefit, BusinessTerms, RuleSet
from claims.domain.state import Claim
from claims.domain.submission import Submission, thousandths
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.claims.outcome import Edit
from portal_contracts.claims.parts import AdjustmentGroup, LinePriorPayment
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.money import cents


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a claim or a line is not paid. It takes the whole charge."""

    group: AdjustmentGroup
    carc: str
    rarcs: tuple[str, ...] = ()


RulesOn = Callable[[date], RuleSet]


# Six of these a claim: a plain class is built three times faster than a frozen one.
@dataclass(slots=True)
class Line:
    """One line of either form."""

    number: int
    code: str | None
    """CPT or HCPCS; none on a revenue line without one."""
    modifiers: tuple[str, ...]
    revenue: str | None
    """None on a professional line."""
    place: str | None
    """None on an institutional line."""
    first: date
    charge: int
    units: int
    """Thousandths."""
    non_covered: int
    """The part of the charge that the provider itself declares as not covered (FL 48)."""
    prior: tuple[LinePriorPayment, ...]
    rules: RuleSet
    """In force on the day by which the line is priced."""


@dataclass(slots=True)
class Case:
    """One claim under adjudication."""

    claim: Claim
    submission: Submission
    received_on: date
    first: date
    last: date
    lines: list[Line]
    rules: RuleSet
    """In force on the first date of service: of the line of business's terms and of benefits."""
    span: CoverageSpan | None
    """Coverage on the first date of service."""
    business: BusinessTerms
    benefit: Benefit

    @property
    def corrected(self) -> bool:
        return self.submission.frequency in ("7", "8")

    @property
    def waived(self) -> tuple[Edit, ...]:
        return self.claim.waived


def case_of(claim: Claim, facts: Facts) -> Case:
    """Look at a claim with the facts of now, and by the rules of its dates of service."""
    submission = claim.submission
    first, last = claim.service_from, claim.service_to
    received_on = facts.calendar.day_of(claim.received_at)
    book = facts.rules
    rules = book.in_force(first, received_on)

    def on(day: date) -> RuleSet:
        return book.in_force(day, received_on)

    span = _span_on(facts.member, first)
    line_of_business = span.line_of_business if span else rules.business.default
    lines = (
        _professional(submission, first, rules, on)
        if isinstance(submission, SubmitProfessionalClaim)
        else _institutional(submission, first, rules, on)
    )
    return Case(
        claim,
        submission,
        received_on,
        first,
        last,
        lines,
        rules,
        span,
        rules.business.of(line_of_business),
        rules.benefits.of(span.plan if span else "", line_of_business),
    )


def _span_on(member: MemberChanged | None, day: date) -> CoverageSpan | None:
    if member is not None:
        for span in member.spans:
            if span.includes(day):
                return span
    return None


# Most lines are of the first day, whose rules are looked up already.


def _professional(
    submission: SubmitProfessionalClaim, first: date, rules: RuleSet, on: RulesOn
) -> list[Line]:
    return [
        Line(
            number,
            line.procedure,
            line.modifiers,
            None,
            line.place,
            line.from_date,
            cents(line.charge),
            thousandths(line.units),
            0,
            line.prior_payments,
            rules if line.from_date == first else on(line.from_date),
        )
        for number, line in enumerate(submission.lines, 1)
    ]


def _institutional(
    submission: SubmitInstitutionalClaim, first: date, rules: RuleSet, on: RulesOn
) -> list[Line]:
    whole = submission.statement_to if paid_by_discharge(submission.type_of_bill) else None
    return [
        Line(
            number,
            line.procedure,
            line.modifiers,
            line.revenue_code,
            None,
            line.service_date or first,
            cents(line.charge),
            thousandths(line.units),
            cents(line.non_covered),
            line.prior_payments,
            on(whole or line.service_date or first),
        )
        for number, line in enumerate(submission.lines, 1)
    ]
