"""Queries of the disputes and appeals service, and its replies."""

from typing import Literal

from pydantic import Field

from portal_contracts.appeals.commands import AppealType, DisputeCategory, Verdict
from portal_contracts.appeals.events import CaseContact, CaseKind, CaseOutcome
from portal_contracts.base import Model, Query, Reply
from portal_contracts.claims.commands import Edit
from portal_contracts.fields import Count, Day, Instant, MemberId, PageSize, Tin, YesNo, form

CaseStatus = Literal["open", "decided"]


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


class GetCase(Query, type="appeals.get_case.v1"):
    """One dispute or appeal by its ID (DI-03, AP-03)."""

    case_number: str = form("Dispute ID, DSP-…, or appeal ID, APL-…", max_length=40)


class CaseDetails(Reply, type="appeals.case_details.v1"):
    """Everything on file about a dispute or an appeal."""

    summary: CaseSummary = Field(description="Header")
    statement: str = Field(description="Why the claim should be adjusted")
    notes: str = Field("", description="Any other information")
    documents: tuple[str, ...] = Field((), description="Ids of supporting documents")
    contact: CaseContact = Field(description="Who to ask")
    adjudication: Count = Field(description="Number of the adjudication it is about")
    last_day: Day = Field(description="Last day on which it could be filed")
    reason: str = Field("", description="Reason of the decision")
    waived: tuple[Edit, ...] = Field((), description="Edits that the decision sets aside")
    as_of: Instant = Field(description="How fresh the answer is")


class SearchCases(Query, type="appeals.search_cases.v1"):
    """Disputes and appeals, newest first (DI-03, AP-03). Filters combine.

    Providers see those of their own Tax IDs; plan staff use it as their worklist.
    """

    claim_number: str | None = form("Claim number", default=None, max_length=40)
    kind: CaseKind | None = form("Dispute or appeal", default=None)
    statuses: tuple[CaseStatus, ...] = form("Any of these", default=())
    after: str | None = form("Page key: `next` of the page before", default=None, max_length=120)
    limit: PageSize = form("Rows on the page", default=50)


class CaseList(Reply, type="appeals.case_list.v1"):
    """A page of disputes and appeals."""

    cases: tuple[CaseSummary, ...] = Field(description="Newest first")
    next: str | None = Field(None, description="Key of the next page; none on the last")
    as_of: Instant = Field(description="How fresh the answer is")
