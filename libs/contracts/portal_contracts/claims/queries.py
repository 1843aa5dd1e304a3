"""Queries of the claims service and their answers."""

from pydantic import Field

from portal_contracts.base import Model, Query, Reply
from portal_contracts.claims.events import ClaimAdjudicated, ClaimStatus, FormType, Posting
from portal_contracts.common import Problem
from portal_contracts.fields import Day, Instant, MemberId, Money, PageSize, form


class SearchClaims(Query, type="claims.search_claims.v1"):
    """Find claims (CL-07, CL-09). Filters combine; newest first; only the asker's Tax IDs."""

    claim_numbers: tuple[str, ...] = form("Claim numbers, any of", default=(), max_length=1000)
    member_id: str | None = form("Member ID", default=None)
    patient_account: str | None = form("Patient account number", default=None)
    statuses: tuple[ClaimStatus, ...] = form("Any of these", default=())
    service_from: Day | None = form("Dates of service from", default=None)
    service_to: Day | None = form("Dates of service to", default=None)
    received_from: Day | None = form("Received from", default=None)
    received_to: Day | None = form("Received to", default=None)
    billing_npi: str | None = form("Billing provider's NPI", default=None)
    after: str | None = form("Page key: `next` of the page before", default=None)
    limit: PageSize = form("Rows on the page", default=50)


class ClaimSummary(Model):
    """A claim in a list."""

    claim_number: str = Field(description="Claim number")
    status: ClaimStatus = Field(description="Where it stands")
    form: FormType = Field(description="CMS-1500 or UB-04")
    member_id: MemberId = Field(description="Member ID")
    patient_account: str = Field(description="Patient account number")
    billing_npi: str = Field(description="Billing NPI")
    service_from: Day = Field(description="First date of service")
    service_to: Day = Field(description="Last date of service")
    received_at: Instant = Field(description="When received")
    changed_at: Instant = Field(description="When the status last changed")
    total_charge: Money = Field(description="Total charge")
    paid: Money = Field(description="Plan's payment")


class ClaimList(Reply, type="claims.claim_list.v1"):
    """A page of claims."""

    claims: tuple[ClaimSummary, ...] = Field(description="Newest first")
    next: str | None = Field(None, description="Key of the next page; none on the last")
    as_of: Instant = Field(description="How fresh the answer is")


class GetClaim(Query, type="claims.get_claim.v1"):
    """One claim with every line and its whole history (CL-10)."""

    claim_number: str = form("Claim number", max_length=40)


class ClaimDetails(Reply, type="claims.claim_details.v1"):
    """Header, lines and history of a claim."""

    summary: ClaimSummary = Field(description="Header")
    original_claim: str | None = Field(None, description="Claim that this one replaces or voids")
    replaced_by: str | None = Field(None, description="Claim that replaced or voided this one")
    problems: tuple[Problem, ...] = Field((), description="Why it was rejected")
    adjudications: tuple[ClaimAdjudicated, ...] = Field(description="First to latest")
    postings: tuple[Posting, ...] = Field((), description="The whole payment ledger of the claim")
    as_of: Instant = Field(description="How fresh the answer is")
