"""Replies of the claims service."""

from pydantic import Field

from portal_contracts.base import Model, Reply
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import ClaimStatus, ClaimStep, FormType, Posting
from portal_contracts.common import Problem, Role
from portal_contracts.fields import Count, Day, Instant, MemberId, Money
from portal_contracts.paging import Answer, PageAnswer


class ClaimAccepted(Reply, type="claims.claim_accepted.v1"):
    """The claim is on file and has been adjudicated."""

    claim_number: str = Field(description="Claim number, CLM-…")
    status: ClaimStatus = Field(description="paid, denied, or voided for a void")
    paid: Money = Field(description="Plan's payment")
    patient_responsibility: Money = Field(description="What the patient owes")
    patient_account: str = Field(description="Patient account number, as submitted")


class ClaimRejected(Reply, type="claims.claim_rejected_reply.v1"):
    """The claim is on file as rejected: correct it and send it again as a new claim (CL-08)."""

    claim_number: str = Field(description="Number it has on the Rejected Claims list")
    problems: tuple[Problem, ...] = Field(description="Reasons with 277CA codes")
    patient_account: str = Field(description="Patient account number, as submitted")


class RecordsReceived(Reply, type="claims.records_received.v1"):
    """The records are noted; the claim is re-adjudicated when they are released."""

    claim_number: str = Field(description="Claim number")
    waiting_for: tuple[str, ...] = Field(description="Documents that are not released yet")


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


class ClaimList(PageAnswer, type="claims.claim_list.v1"):
    """A page of claims."""

    claims: tuple[ClaimSummary, ...] = Field(description="Newest first")


class HistoryEntry(Model):
    """What happened to a claim: one entry for each of its versions."""

    version: Count = Field(description="1, 2, 3 … without a gap")
    at: Instant = Field(description="When")
    what: ClaimStep = Field(description="What happened")
    role: Role = Field(description="Through whom; `service`: it followed from something else")
    subject: str | None = Field(
        None, description="Who that was; a provider is not told who it was at the plan"
    )
    cause: str = Field("", description="What led to it, where `what` does not say")
    reference: str = Field(
        "", description="Of what led to it: documents, a case, a change, another claim"
    )
    adjudication: Count | None = Field(None, description="Number of the adjudication it made")


class ClaimDetails(Answer, type="claims.claim_details.v1"):
    """Header, lines and history of a claim."""

    summary: ClaimSummary = Field(description="Header")
    original_claim: str | None = Field(None, description="Claim that this one replaces or voids")
    replaced_by: str | None = Field(None, description="Claim that replaced or voided this one")
    problems: tuple[Problem, ...] = Field((), description="Why it was rejected")
    adjudications: tuple[ClaimAdjudicated, ...] = Field(description="First to latest")
    history: tuple[HistoryEntry, ...] = Field((), description="All that happened, first to latest")
    postings: tuple[Posting, ...] = Field((), description="The whole payment ledger of the claim")
