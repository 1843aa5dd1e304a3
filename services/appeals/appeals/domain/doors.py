"""What is not a dispute (DI-02) or not an appeal (AP-02), and the right door for it.

Recognised by what the form says, and by what the claim's own outcome says.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from appeals.domain.claim import KnownClaim
from appeals.domain.terms import Terms
from portal_contracts.appeals.parts import CaseKind
from portal_contracts.common import Problem

RECORDS = frozenset({"226", "252", "M127", "N706", "N729"})
"""The codes that CL-12 takes records for; with others the two doors would point at each other."""
MEDICAL_NECESSITY = frozenset({"39", "50"})
"""39: denied when the authorization was requested; 50: not medically necessary."""
COB = frozenset({"22"})

SUBMIT_APPEAL = "appeals.submit_appeal.v1"
SUBMIT_RECORDS = "claims.submit_records.v1"
SUBMIT_CLAIM = "claims.submit_professional_claim.v1"
ADD_COB = "eligibility.add_cob.v1"
REQUEST_RECOVERY = "claims.request_recovery.v1"
REQUEST_RETRO = "auth.request_retro_authorization.v1"


@dataclass(frozen=True, slots=True)
class Door:
    """Where to go instead, and why."""

    type: str | None
    words: str


_RECORDS_DOOR = Door(
    SUBMIT_RECORDS,
    "The claim was denied for missing records. Upload the medical records to the claim; it is "
    "adjudicated again once they are released.",
)
_APPEAL_DOOR = Door(
    SUBMIT_APPEAL,
    "A denial that needs a medical necessity review is appealed, not disputed. Submit an appeal "
    "with the clinical documentation.",
)
_COB_DOOR = Door(
    ADD_COB,
    "The claim was denied because other insurance pays first. Update the member's COB information "
    "and tick 'claims must be adjusted'. If that is done already and the claim was denied again, "
    "submit a dispute.",
)
DISPUTE_DOORS: Mapping[str, Door] = {
    "overpayment": Door(
        REQUEST_RECOVERY,
        "An overpayment is not disputed. Submit a claims recovery request; if you do not agree "
        "with a recovery that the plan started, choose 'disagreement with a recovery' here.",
    ),
    "denied_authorization": _APPEAL_DOOR,
    "missing_records": _RECORDS_DOOR,
    "dental": Door(None, "Disputes about dental claims are taken {by_post}."),
}
APPEAL_DOORS: Mapping[str, Door] = {
    "retro_authorization": Door(
        REQUEST_RETRO,
        "A retroactive authorization is not appealed. Submit a retro authorization request.",
    ),
    "cob_update": Door(
        ADD_COB,
        "Other insurance is not updated by an appeal. Update the member's COB information and "
        "tick 'claims must be adjusted'.",
    ),
    "new_claim": Door(SUBMIT_CLAIM, "A new claim is not an appeal. Submit the claim."),
    "corrected_claim": Door(
        SUBMIT_CLAIM,
        "A corrected claim is not an appeal. Submit the claim with 7 in box 22 and the original "
        "claim number in the Document Control field (UB: type of bill xx7, FL 64).",
    ),
    "missing_documentation": _RECORDS_DOOR,
    "dental": Door(None, "Appeals about dental claims are taken {by_post}."),
}
DOORS: Mapping[CaseKind, Mapping[str, Door]] = {"dispute": DISPUTE_DOORS, "appeal": APPEAL_DOORS}
_REJECTED_DOOR = Door(
    SUBMIT_CLAIM,
    "The claim was rejected before it was adjudicated, so there is no decision to contest. Correct "
    "what the Rejected Claims list says and submit it as a new claim.",
)
ABOUT_PAYMENT = frozenset({"underpayment", "payment_amount", "recovery_disagreement"})
"""These contest an amount; on a claim that is paid in part they are not about its denied lines."""


def chosen_door(kind: CaseKind, choice: str, terms: Terms) -> Problem | None:
    """The wrong door that the form's own choice names."""
    door = DOORS[kind].get(choice)
    return None if door is None else _problem(door, _field(kind), terms)


def found_door(kind: CaseKind, choice: str, claim: KnownClaim, terms: Terms) -> Problem | None:
    """The wrong door that the claim's outcome shows, whatever was chosen."""
    if claim.status == "rejected":
        return _problem(_REJECTED_DOOR, "claim_number", terms)
    if choice == "recovery_disagreement":
        return None  # the guide: a recovery is disputed, whatever became of the claim
    if choice in ABOUT_PAYMENT and claim.status != "denied":
        return None
    if claim.denied_only_for(RECORDS):
        return _problem(_RECORDS_DOOR, "claim_number", terms)
    if kind == "dispute" and claim.denied_only_for(MEDICAL_NECESSITY):
        return _problem(_APPEAL_DOOR, "claim_number", terms)
    if kind == "appeal" and claim.denied_only_for(COB):
        return _problem(_COB_DOOR, "claim_number", terms)
    return None


def _field(kind: CaseKind) -> str:
    return "category" if kind == "dispute" else "appeal_type"


def _problem(door: Door, field: str, terms: Terms) -> Problem:
    by_post = f"by mail to {terms.mail_address} or by fax to {terms.fax} only"
    words = door.words.format(by_post=by_post)
    return Problem(code="wrong_door", message=words, field=field, door=door.type)
