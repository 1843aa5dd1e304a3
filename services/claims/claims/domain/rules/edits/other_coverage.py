"""CL-17.6 Another insurance pays first and its payment is not on the claim: CO-22 (2.6)."""

from collections.abc import Iterable
from datetime import date

from claims.domain.facts import Facts
from claims.domain.rules.case import Case, Finding
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.parts import OtherPayer
from portal_contracts.eligibility.events import CobPolicy


def other_coverage(case: Case, facts: Facts) -> Finding | None:
    """Ask for the primary payer's explanation of benefits; the remark says what is missing."""
    member = facts.member
    if member is None or not member.cob or not any(primaries_on(member.cob, case)):
        return None
    missing = _missing(case)
    return Finding("CO", "22", (missing,)) if missing else None


def primaries_on(policies: Iterable[CobPolicy], case: Case) -> Iterable[CobPolicy]:
    """Policies that pay this claim before us."""
    return (p for p in policies if pays_first(p, case.first) and _concerns(p, case))


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


def _missing(case: Case) -> str | None:
    """Remark code of what the claim lacks; None when a prior payer's decision is on it."""
    payers = case.submission.other_payers
    if any(payer.paid is not None for payer in payers) or any(x.prior for x in case.lines):
        return None
    if not payers:
        return "MA04"  # neither who pays first nor what
    return "MA92" if _unnamed(payers) else "N479"


def _unnamed(payers: Iterable[OtherPayer]) -> bool:
    return all(payer.policy_number is None and payer.payer_id is None for payer in payers)
