"""CL-17.6 Another insurance pays first and its payment is not on the claim: CO-22 (2.6)."""

from collections.abc import Iterable
from datetime import date

from claims.domain.facts import Facts
from claims.domain.rules.case import Case, Finding
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.parts import OtherPayer
from portal_contracts.eligibility.parts import CobPolicy


def other_coverage(case: Case, facts: Facts) -> Finding | None:
    """Ask for the primary payer's explanation of benefits; the remark says what is missing."""
    member = facts.member
    if member is None or not member.cob:
        return None
    before_us = sum(pays_first(p, case.first) and _concerns(p, case) for p in member.cob)
    missing = _missing(case, before_us) if before_us else None
    return Finding("CO", "22", (missing,)) if missing else None


def pays_first(policy: CobPolicy, day: date) -> bool:
    """Active on the day, both ends included, and before us. Medicaid always pays last."""
    return (
        policy.primary
        and policy.insurance_type != "medicaid"
        and policy.start <= day
        and (policy.end is None or day <= policy.end)
    )


def _concerns(policy: CobPolicy, case: Case) -> bool:
    """Auto and workers' compensation insurance pay for accidents only."""
    cause = {"auto": "auto", "workers_comp": "employment"}.get(policy.insurance_type)
    if cause is None or not isinstance(case.submission, SubmitProfessionalClaim):
        return cause is None
    return cause in case.submission.related_to


def _missing(case: Case, before_us: int) -> str | None:
    """Remark code of what the claim lacks; None when everybody before us has decided."""
    payers = case.submission.other_payers
    by_line = {payment.payer_id for line in case.lines for payment in line.prior}
    undecided = [p for p in payers if p.paid is None and p.payer_id not in by_line]
    decided = len(payers) - len(undecided) or len(by_line)
    if not decided:
        return "MA04" if not payers else "MA92" if _unnamed(payers) else "N479"
    if any(payer.sequence == "primary" for payer in undecided):
        return "N4"  # a later payer has decided, the first one's explanation is missing
    return "MA64" if decided < before_us else None


def _unnamed(payers: Iterable[OtherPayer]) -> bool:
    return all(payer.policy_number is None and payer.payer_id is None for payer in payers)
