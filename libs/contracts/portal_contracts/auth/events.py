"""Events of the prior authorization service."""

from datetime import date
from typing import Literal

from pydantic import Field

from portal_contracts.base import Event, Model
from portal_contracts.fields import MemberId, Npi, ProcedureCode
from portal_contracts.ids import bucket

LineDecision = Literal["pending", "approved", "partly_approved", "denied", "pended_for_information"]


class AuthorizedLine(Model):
    """What was decided for one service line of an authorization (AU-06)."""

    number: int = Field(description="Line number, from 1")
    procedure: ProcedureCode = Field(description="CPT or HCPCS code")
    start: date = Field(description="First date of service")
    end: date = Field(description="Last date of service")
    decision: LineDecision = Field(description="Decision")
    requested_units: int = Field(description="Units asked for")
    approved_units: int = Field(0, description="Units approved")
    reason: str | None = Field(None, description="Specific reason of a denial")


class AuthorizationChanged(Event, type="auth.authorization_changed.v1"):
    """An authorization was requested or decided; the whole of it as others need it."""

    authorization_number: str = Field(description="AUTH-…")
    version: int = Field(description="Rises with every change of this authorization")
    member_id: MemberId = Field(description="Member ID")
    tin: str = Field(description="Tax ID of the requesting provider")
    servicing_npi: Npi = Field(description="Servicing provider's NPI")
    lines: tuple[AuthorizedLine, ...] = Field(description="Lines with their decisions")

    def key(self) -> str:
        return bucket(self.member_id)

    def subject(self) -> str:
        return self.authorization_number
