"""Commands of the disputes and appeals service. Everything about one claim is decided in order."""

from typing import ClassVar

from portal_contracts.appeals.parts import (
    AppealType,
    CaseKind,
    DisputeCategory,
    NotADispute,
    NotAnAppeal,
    Verdict,
)
from portal_contracts.appeals.replies import CaseReceived, CaseState
from portal_contracts.base import Command
from portal_contracts.claims.outcome import Edit
from portal_contracts.common import Contact
from portal_contracts.fields import (
    DocumentIds,
    Filled,
    Instant,
    Money,
    Number,
    Reference,
    form,
)
from portal_contracts.ids import bucket_of_reference


class AboutClaim(Command):
    """What both submissions carry: the claim, which also routes them."""

    KIND_OF_CASE: ClassVar[CaseKind]
    claim_number: Filled = form(
        "Claim number, CLM-…, as on the Explanation of Payment", max_length=40
    )
    documents: DocumentIds = form("Ids of uploaded supporting documents", default=())
    contact: Contact = form("Who to ask")

    def key(self) -> str:
        return bucket_of_reference(self.claim_number)

    def subject(self) -> str:
        return self.claim_number


class SubmitDispute(AboutClaim, type="appeals.submit_dispute.v1", answers=(CaseReceived,)):
    """Dispute how a claim was paid (DI-01, DI-04).

    The form also offers what is not a dispute; such a request is refused with the right door
    (DI-02). CaseReceived has the dispute ID.
    """

    KIND_OF_CASE = "dispute"
    category: DisputeCategory | NotADispute = form("What the dispute is about")
    statement: Filled = form("Statement of why the claim should be adjusted", max_length=8000)


class SubmitAppeal(AboutClaim, type="appeals.submit_appeal.v1", answers=(CaseReceived,)):
    """Appeal a claim after the service was given (AP-01).

    The form also offers what is not an appeal; such a request is refused with the right door
    (AP-02). CaseReceived has the appeal ID.
    """

    KIND_OF_CASE = "appeal"
    category: AppealType | NotAnAppeal = form("Appeal type")
    statement: Filled = form("Reason for the appeal", max_length=8000)
    notes: str = form("Any other applicable information", default="", max_length=4000)


class AboutCase(Command):
    """What every command about a dispute or an appeal carries."""

    case_number: Reference = form("Dispute ID, DSP-…, or appeal ID, APL-…")

    def key(self) -> str:
        return bucket_of_reference(self.case_number)  # the claim's bucket

    def subject(self) -> str:
        return self.case_number


class DecideCase(AboutCase, type="appeals.decide_case.v1", answers=(CaseState,)):
    """Decide a dispute or an appeal (DI-05, AP-05). For plan staff.

    Overturned, wholly or partly: the claim is re-adjudicated without the edits named in `waive`.
    """

    verdict: Verdict = form("Upheld (the claim stays as it is), overturned, or partly overturned")
    reason: Filled = form("Why, in words for the provider", max_length=8000)
    waive: tuple[Edit, ...] = form(
        "Edits of the adjudication that the decision sets aside", default=(), max_length=7
    )


class LinkOutcome(AboutCase, type="appeals.link_outcome.v1", answers=()):
    """The claim was re-adjudicated because of this case (AP-05). From this service to itself."""

    claim_number: Reference = form("Claim number")
    adjudication: Number = form("Number of the new adjudication")
    status: str = form("Where the claim now stands", max_length=20)
    paid: Money = form("What the plan now pays on the claim")
    at: Instant = form("When it was adjudicated")
