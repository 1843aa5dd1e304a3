"""Events of the prior authorization service."""

from pydantic import Field

from portal_contracts.auth.parts import (
    DenialReason,
    LineDecision,
    PartyOnFile,
    ReviewDecision,
    Setting,
    Urgency,
)
from portal_contracts.base import Event, Model
from portal_contracts.common import ContactOnFile
from portal_contracts.fields import (
    Count,
    Day,
    DiagnosisCode,
    Instant,
    MemberId,
    Modifier,
    Npi,
    ProcedureCode,
)
from portal_contracts.ids import bucket


class AuthorizationEvent(Event):
    """What every event about an authorization carries."""

    authorization_number: str = Field(description="AUTH-…")
    version: Count = Field(description="Rises with every event about this authorization; 1 first")
    member_id: MemberId = Field(description="Member ID")

    def key(self) -> str:
        return bucket(self.member_id)

    def subject(self) -> str:
        return self.authorization_number


class AuthorizedLine(Model):
    """What was decided for one service line of an authorization (AU-06)."""

    number: Count = Field(description="Line number, from 1")
    procedure: ProcedureCode = Field(description="CPT or HCPCS code")
    start: Day = Field(description="First date of service")
    end: Day = Field(description="Last date of service")
    decision: LineDecision = Field(description="Decision")
    requested_units: Count = Field(description="Units asked for")
    approved_units: Count = Field(0, description="Units approved")
    reason: str | None = Field(None, description="Specific reason of a denial")


class AuthorizationChanged(AuthorizationEvent, type="auth.authorization_changed.v1"):
    """An authorization was requested or decided; the whole of it as others need it."""

    tin: str = Field(description="Tax ID of the requesting provider")
    servicing_npi: Npi = Field(description="Servicing provider's NPI")
    lines: tuple[AuthorizedLine, ...] = Field(description="Lines with their decisions")


class ServiceOnFile(Model):
    """A service line as it was asked for."""

    number: Count = Field(description="Line number, from 1")
    procedure: ProcedureCode = Field(description="CPT or HCPCS code")
    modifiers: tuple[Modifier, ...] = Field((), description="Modifiers")
    units: Count = Field(description="Units asked for")
    start: Day = Field(description="First date of service")
    end: Day = Field(description="Last date of service")


class AuthorizationRequested(AuthorizationEvent, type="auth.authorization_requested.v1"):
    """A request is on file and waits for its decision (AU-01). Everything that was asked for."""

    tin: str = Field(description="Tax ID of the requesting provider")
    setting: Setting = Field(description="Inpatient or outpatient")
    urgency: Urgency = Field(description="Which decision clock applies (AU-07)")
    received_at: Instant = Field(description="When it was received: start of the decision clock")
    servicing: PartyOnFile = Field(description="Servicing provider")
    ordering: PartyOnFile = Field(description="Ordering provider")
    contact: ContactOnFile = Field(description="Who to ask")
    diagnoses: tuple[DiagnosisCode, ...] = Field(description="Diagnoses, principal first")
    lines: tuple[ServiceOnFile, ...] = Field(description="Services asked for")
    documents: tuple[str, ...] = Field((), description="Ids of clinical documents")
    notes: str = Field("", description="Notes")


class DecidedLine(Model):
    """The decision about one line."""

    number: Count = Field(description="Line number")
    decision: ReviewDecision = Field(description="Decision")
    approved_units: Count = Field(
        description="Units approved; 0 unless approved or partly approved"
    )
    denial_reason: DenialReason | None = Field(None, description="Kind of reason of a denial")
    reason: str = Field("", description="Specific reason, or what information is needed")


class LinesDecided(AuthorizationEvent, type="auth.lines_decided.v1"):
    """Plan staff decided lines of an authorization (AU-06)."""

    at: Instant = Field(description="When it was decided")
    by: str = Field(description="Who decided, as the gateway knows them")
    lines: tuple[DecidedLine, ...] = Field(description="The lines decided now")
