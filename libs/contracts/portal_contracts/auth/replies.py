"""Replies of the prior authorization service."""

from pydantic import Field

from portal_contracts.auth.parts import (
    AuthorizationStatus,
    DenialReason,
    LineDecision,
    PartyOnFile,
    Setting,
    Urgency,
)
from portal_contracts.base import Model, Reply
from portal_contracts.common import ContactOnFile
from portal_contracts.fields import Count, Day, Instant, MemberId, Npi, ProcedureCode
from portal_contracts.paging import Answer, PageAnswer


class NextStep(Model):
    """What the provider can do about a decision (AU-08)."""

    door: str = Field(description="Type of the command to use")
    message: str = Field(description="The same in words")


class AuthorizationLine(Model):
    """One line with its decision."""

    number: Count = Field(description="Line number, from 1")
    procedure: ProcedureCode = Field(description="CPT or HCPCS code")
    modifiers: tuple[str, ...] = Field((), description="Modifiers")
    start: Day = Field(description="First date of service")
    end: Day = Field(description="Last date of service")
    requested_units: Count = Field(description="Units asked for")
    approved_units: Count = Field(description="Units approved")
    decision: LineDecision = Field(description="Decision")
    denial_reason: DenialReason | None = Field(None, description="Kind of reason of a denial")
    reason: str = Field("", description="Specific reason, or what information is needed")
    decided_at: Instant | None = Field(None, description="When it was decided last")
    next_step: NextStep | None = Field(None, description="What can be done about it")


class AuthorizationReceived(Reply, type="auth.authorization_received.v1"):
    """The request is on file and waits for its decision."""

    authorization_number: str = Field(description="AUTH-…; box 23 / FL 63 of the claim")
    status: AuthorizationStatus = Field(description="Where it stands")
    received_at: Instant = Field(description="When it was received")


class LinesReviewed(Reply, type="auth.lines_reviewed.v1"):
    """The decisions are on file."""

    authorization_number: str = Field(description="AUTH-…")
    version: Count = Field(description="Version of the authorization")
    status: AuthorizationStatus = Field(description="Where it stands as a whole")
    lines: tuple[AuthorizationLine, ...] = Field(description="All lines with their decisions")


class AuthorizationSummary(Model):
    """An authorization in a list."""

    authorization_number: str = Field(description="AUTH-…")
    version: Count = Field(description="Version of the authorization")
    member_id: MemberId = Field(description="Member ID")
    tin: str = Field(description="Tax ID of the requesting provider")
    servicing_npi: Npi = Field(description="Servicing provider's NPI")
    setting: Setting = Field(description="Inpatient or outpatient")
    urgency: Urgency = Field(description="Standard or expedited")
    status: AuthorizationStatus = Field(description="Where it stands")
    received_at: Instant = Field(description="When it was received")
    changed_at: Instant = Field(description="When it last changed")
    service_from: Day = Field(description="First date of service")
    service_to: Day = Field(description="Last date of service")


class AuthorizationList(PageAnswer, type="auth.authorization_list.v1"):
    """A page of authorizations."""

    member_id: MemberId = Field(description="Member who was asked about")
    authorizations: tuple[AuthorizationSummary, ...] = Field(description="Newest first")


class AuthorizationDetails(Answer, type="auth.authorization_details.v1"):
    """Everything on file about an authorization."""

    summary: AuthorizationSummary = Field(description="Header")
    servicing: PartyOnFile = Field(description="Servicing provider")
    ordering: PartyOnFile = Field(description="Ordering provider")
    contact: ContactOnFile = Field(description="Who to ask")
    diagnoses: tuple[str, ...] = Field(description="Diagnoses, principal first")
    lines: tuple[AuthorizationLine, ...] = Field(description="Lines with their decisions")
    documents: tuple[str, ...] = Field((), description="Ids of clinical documents")
    notes: str = Field("", description="Notes")
