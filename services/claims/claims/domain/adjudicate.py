"""Adjudication (CL-17): from a claim and facts to the outcome of every line. Used by every command.

Always holds (CL-18): on each line charge = paid + sum of adjustments; the claim is the sum of its
lines; the postings of all adjudications add up to what stands as paid.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple

from claims.domain.build import adjustment, build
from claims.domain.facts import Accumulators, Facts
from claims.domain.ledger import REVERSAL_ALERTS, postings, standing, without
from claims.domain.rules.case import Case, Finding, Line, case_of
from claims.domain.rules.cob import Coordinated, Secondary, coordinate
from claims.domain.rules.cost_share import CostShare, Share
from claims.domain.rules.edits import claim_finding, line_findings
from claims.domain.rules.edits.non_covered import NON_COVERED
from claims.domain.rules.pricing import allowed, category
from claims.domain.rules.prior_payments import Prior, prior_payments
from claims.domain.state import Adjudicated, Claim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import (
    Adjustment,
    FactsUsed,
    LineOutcome,
    Posting,
    ReadjudicationCause,
    Verdict,
)
from portal_contracts.money import dollars

BUNDLED = Finding("CO", "97", ("M15",))
NOTHING = "0.00"
Cause = ReadjudicationCause | Literal["submitted", "corrected"]


class Adjudication(NamedTuple):
    """An adjudicated claim, the event that says so, and the accumulators that it changed."""

    claim: Claim
    event: ClaimAdjudicated
    accumulators: tuple[Accumulators, ...]


class Decided(NamedTuple):
    """Outcome of one line with what the claim sums up, in cents."""

    outcome: LineOutcome
    paid: int
    patient: int
    denied: bool


def adjudicate(claim: Claim, facts: Facts, cause: Cause, reference: str = "") -> Adjudication:
    """Decide the claim with the facts of now: a new, numbered adjudication (CL-16).

    The claim is open: received, pended, or adjudicated before.
    """
    case = case_of(claim, facts)
    known = facts.accumulator(claim.submission.member_id, case.first.year)
    before = without(claim, known) if isinstance(claim.state, Adjudicated) else known
    shares = CostShare.starting(case.benefit, before)
    decided = _decide(case, facts, shares)
    event = _event(case, facts, decided, cause, reference, _used(case, facts, before))
    after = before.plus(shares.deductible_used, shares.out_of_pocket_used)
    claim = claim.becomes(Adjudicated(event))
    return Adjudication(claim, event, () if after == known else (after,))


def _decide(case: Case, facts: Facts, shares: CostShare) -> list[Decided]:
    finding = claim_finding(case, facts)
    if finding is not None:
        return [_denied(case, line, (finding,)) for line in case.lines]
    priors = prior_payments(case)
    if priors is None:
        return [_line(case, line, facts, shares, None) for line in case.lines]
    return [
        _line(case, line, facts, shares, prior)
        for line, prior in zip(case.lines, priors, strict=True)
    ]


def _line(case: Case, line: Line, facts: Facts, shares: CostShare, prior: Prior | None) -> Decided:
    findings = line_findings(case, line, facts)
    if findings:
        return _denied(case, line, findings)
    worth = allowed(line, facts)
    if worth is None:
        return _denied(case, line, (NON_COVERED,))
    if worth == 0 and line.charge > line.non_covered:
        return _denied(case, line, (BUNDLED,))
    kind = category(line)
    own = shares.of(kind, line.first, worth)
    if prior is None:
        if own.total:
            shares.use(kind, line.first, own)
        return _undivided(
            line.number,
            line.charge,
            line.non_covered,
            worth,
            own.deductible,
            own.coinsurance,
            own.copay,
            _other_rules(case, line),
        )
    billed = line.charge - line.non_covered
    secondary = Secondary(billed, worth, own, case.benefit.coinsurance, prior)
    business = case.business
    settled = coordinate(secondary, business.cob_method, cap_at_charge=business.cap_at_charge)
    shares.use(kind, line.first, settled.borne)
    rules = _other_rules(case, line)
    return _decided(line.number, line.charge, line.non_covered, worth, settled, rules)


def _other_rules(case: Case, line: Line) -> str | None:
    """Version of the line's rules, where its day has others than the claim's first one."""
    return None if line.rules is case.rules else line.rules.version


@lru_cache(maxsize=4096)
def _undivided(
    number: int,
    charge: int,
    declared: int,
    worth: int,
    deductible: int,
    coinsurance: int,
    copay: int,
    rules: str | None,
) -> Decided:
    """A line that no other payer has decided, remembered: the same services are billed for the same
    charges all day long.
    """
    own = Share(deductible, coinsurance, copay)
    over = charge - declared - worth
    settled = Coordinated(worth - own.total, 0, max(0, -over), own, max(0, over))
    return _decided(number, charge, declared, worth, settled, rules)


def _decided(
    number: int, charge: int, declared: int, worth: int, settled: Coordinated, rules: str | None
) -> Decided:
    borne = settled.borne
    adjustments = (
        settled.written_off and adjustment("CO", "45", settled.written_off),
        declared and adjustment("PR", "96", declared, ("N130",)),
        settled.impact and adjustment("OA", "23", settled.impact),
        settled.excess and adjustment("OA", "94", -settled.excess),
        borne.deductible and adjustment("PR", "1", borne.deductible),
        borne.coinsurance and adjustment("PR", "2", borne.coinsurance),
        borne.copay and adjustment("PR", "3", borne.copay),
    )
    outcome = build(
        LineOutcome,
        {
            "number": number,
            "charge": dollars(charge),
            "allowed": dollars(worth),
            "paid": dollars(settled.paid),
            "adjustments": tuple([a for a in adjustments if a]),
            "rule_set": rules,
        },
    )
    only_non_covered = 0 < charge == declared
    return Decided(outcome, settled.paid, borne.total + declared, only_non_covered)


def _denied(case: Case, line: Line, findings: Iterable[Finding]) -> Decided:
    """The first finding takes the whole charge; the others are told with 0.00, to correct too."""
    adjustments: list[Adjustment] = []
    patient, left = 0, line.charge
    for finding in findings:
        adjustments.append(adjustment(finding.group, finding.carc, left, finding.rarcs))
        patient += left if finding.group == "PR" else 0
        left = 0
    outcome = build(
        LineOutcome,
        {
            "number": line.number,
            "charge": dollars(line.charge),
            "allowed": NOTHING,
            "paid": NOTHING,
            "adjustments": tuple(adjustments),
            "rule_set": _other_rules(case, line),
        },
    )
    return Decided(outcome, 0, patient, True)


def _used(case: Case, facts: Facts, before: Accumulators) -> FactsUsed:
    records = facts.records_for(case.submission.billing.tin)
    return build(
        FactsUsed,
        {
            "member_version": facts.member.version if facts.member else None,
            "billing_version": facts.billing.version if facts.billing else None,
            "deductible_met": dollars(before.deductible),
            "out_of_pocket_met": dollars(before.out_of_pocket),
            "records": tuple([record.document_id for record in records]),
        },
    )


def _event(
    case: Case,
    facts: Facts,
    decided: list[Decided],
    cause: Cause,
    reference: str,
    used: FactsUsed,
) -> ClaimAdjudicated:
    claim, submission = case.claim, case.submission
    previous = claim.state.outcome if isinstance(claim.state, Adjudicated) else None
    number = previous.adjudication + 1 if previous else 1
    paid = sum([line.paid for line in decided])
    lines = tuple([line.outcome for line in decided])
    status: Verdict = "denied" if all(line.denied for line in decided) else "paid"
    posted = postings(previous, number, paid)
    return build(
        ClaimAdjudicated,
        {
            "claim_number": claim.number,
            "version": claim.version + 1,
            "adjudication": number,
            "status": status,
            "form": claim.form,
            "member_id": submission.member_id,
            "patient_account": submission.patient_account,
            "billing_tin": submission.billing.tin,
            "billing_npi": submission.billing.npi,
            "service_from": case.first,
            "service_to": case.last,
            "received_at": claim.received_at,
            "total_charge": dollars(sum([line.charge for line in case.lines])),
            "paid": dollars(paid),
            "patient_responsibility": dollars(sum([line.patient for line in decided])),
            "lines": lines,
            "rule_set": case.rules.version,
            "cause": cause,
            "cause_reference": reference,
            "alerts": _alerts(previous, lines, cause),
            "postings": posted,
            "paid_by": _paid_by(previous, number, paid, posted),
            "replaces": claim.replaces,
            "facts_used": used,
        },
    )


def _paid_by(
    previous: ClaimAdjudicated | None, number: int, paid: int, posted: tuple[Posting, ...]
) -> int | None:
    """This one, when it posted the payment; else the one whose payment still stands."""
    if not paid:
        return None
    return number if posted or previous is None else standing(previous)


def _alerts(
    previous: ClaimAdjudicated | None, lines: tuple[LineOutcome, ...], cause: Cause
) -> tuple[str, ...]:
    """A changed outcome reverses the one before it, and a reversal says why."""
    if previous is None or cause == "submitted" or cause == "corrected" or previous.lines == lines:
        return ()
    return (REVERSAL_ALERTS[cause],)
