"""Replies of the disputes and appeals service."""

from pydantic import Field

from portal_contracts.appeals.parts import (
    AppealType,
    CaseKind,
    CaseOutcome,
    CaseStatus,
    DisputeCategory,
    Verdict,
)
from portal_contracts.base import Model, Reply
from portal_contracts.claims.outcome import Edit
from portal_contracts.common import ContactOnFile
from portal_contracts.fields import Count, Day, Instant, MemberId, Tin, YesNo
from portal_contracts.paging import Answer, PageAnswer


class CaseReceived(Reply, type="appeals.case_received.v1"):
    """The dispute or appeal is on file."""

    case_number: str = Field(description="Dispute ID or appeal ID; finds its status")
    kind: CaseKind = Field(description="Dispute or appeal")
    claim_number: str = Field(description="Claim it is about")
    received_at: Instant = Field(description="When it was received")


class CaseState(Reply, type="appeals.case_state.v1"):
    """Where a case stands after a command about it."""

    case_number: str = Field(description="Dispute ID or appeal ID")
    status: CaseStatus = Field(description="Where it stands")
    verdict: Verdict | None = Field(None, description="Decision")
    readjudication_ordered: YesNo = Field(False, description="The claim is adjudicated again")


class CaseSummary(Model):
    """A dispute or an appeal in a list."""

    case_number: str = Field(description="Dispute ID or appeal ID")
    version: Count = Field(description="Version of the case")
    kind: CaseKind = Field(description="Dispute or appeal")
    claim_number: str = Field(description="Claim it is about")
    tin: Tin = Field(description="Billing provider's Tax ID")
    member_id: MemberId = Field(description="Member the claim is for")
    category: DisputeCategory | AppealType = Field(description="Dispute category or appeal type")
    status: CaseStatus = Field(description="Where it stands")
    received_at: Instant = Field(description="When it was received")
    verdict: Verdict | None = Field(None, description="Decision; none while open")
    decided_at: Instant | None = Field(None, description="When it was decided")
    outcome: CaseOutcome | None = Field(
        None, description="The new outcome of the claim, once it has been re-adjudicated"
    )


class CaseDetails(Answer, type="appeals.case_details.v1"):
    """Everything on file about a dispute or an appeal."""

    summary: CaseSummary = Field(description="Header")
    statement: str = Field(description="Why the claim should be adjusted")
    notes: str = Field("", description="Any other information")
    documents: tuple[str, ...] = Field((), description="Ids of supporting documents")
    contact: ContactOnFile = Field(description="Who to ask")
    adjudication: Count = Field(description="Number of the adjudication it is about")
    last_day: Day = Field(description="Last day on which it could be filed")
    reason: str = Field("", description="Reason of the decision")
    waived: tuple[Edit, ...] = Field((), description="Edits that the decision sets aside")


class CaseList(PageAnswer, type="appeals.case_list.v1"):
    """A page of disputes and appeals."""

    cases: tuple[CaseSummary, ...] = Field(description="Newest first")
