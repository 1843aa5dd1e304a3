"""Queries of the claims service."""

from portal_contracts.base import Query
from portal_contracts.claims.outcome import ClaimStatus
from portal_contracts.claims.replies import ClaimDetails, ClaimList
from portal_contracts.fields import Day, Reference, form
from portal_contracts.paging import Page


class SearchClaims(Page, type="claims.search_claims.v1", answers=(ClaimList,)):
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


class GetClaim(Query, type="claims.get_claim.v1", answers=(ClaimDetails,)):
    """One claim with every line and its whole history (CL-10)."""

    claim_number: Reference = form("Claim number")
