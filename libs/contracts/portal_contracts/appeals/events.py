"""Events of the disputes and appeals service."""

from pydantic import Field

from portal_contracts.appeals.parts import (
    AppealType,
    CaseKind,
    CaseOutcome,
    DisputeCategory,
    Verdict,
)
from portal_contracts.base import Event
from portal_contracts.claims.outcome import Edit
from portal_contracts.common import ContactOnFile
from portal_contracts.fields import Count, Day, Instant, MemberId, Tin
from portal_contracts.ids import bucket_of_reference


class CaseEvent(Event):
    """What every event about a dispute or an appeal carries."""

    case_number: str = Field(description="DSP-… or APL-…")
    version: Count = Field(description="Rises with every event about the case")
    kind: CaseKind = Field(description="Dispute or appeal")
    claim_number: str = Field(description="Claim it is about")
    tin: Tin = Field(description="Billing provider's Tax ID")
    at: Instant = Field(description="When it happened")

    def key(self) -> str:
        return bucket_of_reference(self.claim_number)

    def subject(self) -> str:
        return self.case_number


class CaseSubmitted(CaseEvent, type="appeals.case_submitted.v1"):
    """A dispute (DI-01) or an appeal (AP-01) is on file."""

    member_id: MemberId = Field(description="Member the claim is for")
    category: DisputeCategory | AppealType = Field(description="Dispute category or appeal type")
    statement: str = Field(description="Why the claim should be adjusted")
    notes: str = Field("", description="Any other information")
    documents: tuple[str, ...] = Field((), description="Ids of supporting documents")
    contact: ContactOnFile = Field(description="Who to ask")
    adjudication: Count = Field(description="Number of the adjudication it is about")
    last_day: Day = Field(description="Last day on which it could be filed (DI-04)")


class CaseDecided(CaseEvent, type="appeals.case_decided.v1"):
    """A dispute or an appeal was decided (DI-05, AP-05). Final."""

    verdict: Verdict = Field(description="Upheld, overturned or partly overturned")
    reason: str = Field(description="Why, in words for the provider")
    waived: tuple[Edit, ...] = Field((), description="Edits that the decision sets aside")
    by: str = Field(description="Who decided, as the gateway knows them")


class CaseOutcomeLinked(CaseEvent, type="appeals.case_outcome_linked.v1"):
    """The claim was re-adjudicated because of the case; its new outcome is known (AP-05)."""

    outcome: CaseOutcome = Field(description="The new outcome")
