"""What is not a dispute (DI-02) or not an appeal (AP-02), and the right door for it.

Recognized by what the form says, and by what the claim's own outcome says.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from appeals.domain.claim import KnownClaim
from appeals.domain.limits import Terms
from portal_contracts.appeals import problems as p
from portal_contracts.appeals.parts import CaseKind
from portal_contracts.common import Problem
from portal_contracts.problems import ProblemCode
from portal_contracts.problems.common import CLAIM_REJECTED
from portal_runtime.domain.form_checks import part

RECORDS = frozenset({"226", "252", "M127", "N706", "N729"})
"""The codes that CL-12 takes records for; with others the two doors would point at each other."""
MEDICAL_NECESSITY = frozenset({"39", "50"})
"""39: denied when the authorization was requested; 50: not medically necessary."""
COB = frozenset({"22"})

DOORS: Mapping[CaseKind, Mapping[str, ProblemCode]] = {
    "dispute": {
        "overpayment": p.OVERPAYMENT_NOT_DISPUTED,
        "denied_authorization": p.APPEAL_INSTEAD,
        "missing_records": p.RECORDS_INSTEAD,
        "dental": p.DENTAL_DISPUTE,
    },
    "appeal": {
        "retro_authorization": p.RETRO_AUTHORIZATION_NOT_APPEALED,
        "cob_update": p.COB_NOT_APPEALED,
        "new_claim": p.NEW_CLAIM_NOT_APPEALED,
        "corrected_claim": p.CORRECTION_NOT_APPEALED,
        "missing_documentation": p.RECORDS_INSTEAD,
        "dental": p.DENTAL_APPEAL,
    },
}
"""What may be chosen on the form and belongs elsewhere."""
ABOUT_PAYMENT = frozenset({"underpayment", "payment_amount", "recovery_disagreement"})
"""These contest an amount; on a claim that is paid in part they are not about its denied lines."""


def chosen_door(kind: CaseKind, choice: str | None, terms: Terms) -> Problem | None:
    """The wrong door that the form's own choice names."""
    door = DOORS[kind].get(choice or "")
    if door is None:
        return None
    words = {name: getattr(terms, name) for name in door.placeholders}
    return door(**words, field="category")


def check(kind: CaseKind) -> Callable[[Any, date, Any], list[Problem]]:
    """Who has chosen a wrong door is told so, also when the rest of the form cannot be read."""

    def check(form: Any, _: date, settings: Any) -> list[Problem]:
        door = chosen_door(kind, part(form, "category"), settings.terms)
        return [] if door is None else [door]

    return check


def found_door(kind: CaseKind, choice: str, claim: KnownClaim) -> Problem | None:
    """The wrong door that the claim's outcome shows, whatever was chosen."""
    if claim.status == "rejected":
        return CLAIM_REJECTED()
    if choice == "recovery_disagreement":
        return None  # the guide: a recovery is disputed, whatever became of the claim
    if choice in ABOUT_PAYMENT and claim.status != "denied":
        return None
    if claim.denied_only_for(RECORDS):
        return p.RECORDS_INSTEAD(field="claim_number")
    if kind == "dispute" and claim.denied_only_for(MEDICAL_NECESSITY):
        return p.APPEAL_INSTEAD(field="claim_number")
    if kind == "appeal" and claim.denied_only_for(COB):
        return p.COB_INSTEAD(field="claim_number")
    return None
