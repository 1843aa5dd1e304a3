"""Commands of the prior authorization service. Everything about one member is decided in order."""

from typing import Annotated

from portal_contracts.auth.parts import DenialReason, ReviewDecision, Setting, Urgency
from portal_contracts.auth.replies import AuthorizationReceived, LinesReviewed
from portal_contracts.base import Command, Strict
from portal_contracts.common import Contact
from portal_contracts.fields import (
    DAY_HINT,
    DIAGNOSIS_HINT,
    NPI_HINT,
    TIN_HINT,
    Day,
    DiagnosisCode,
    DocumentIds,
    MemberId,
    Modifier,
    Npi,
    ProcedureCode,
    Reference,
    Tin,
    YesNo,
    form,
)
from portal_contracts.ids import bucket, bucket_of_reference
from portal_contracts.written import Whole


class CareProvider(Strict):
    """Who performs or who orders the service."""

    npi: Npi = form("NPI", hint=NPI_HINT)
    name: str = form("Name of the provider or facility", default="", max_length=80)


class RequestedService(Strict):
    """One service line of a request."""

    procedure: ProcedureCode = form("CPT or HCPCS code", hint="5 letters or digits")
    modifiers: tuple[Modifier, ...] = form("Modifiers, at most four", default=(), max_length=4)
    units: Annotated[int, Whole(1, 9999)] = form("Units asked for (days, visits or items)")
    start: Day = form("First date of service", hint=DAY_HINT)
    end: Day = form("Last date of service", hint=DAY_HINT)


class RequestAuthorization(
    Command, type="auth.request_authorization.v1", answers=(AuthorizationReceived,)
):
    """Ask for a service to be authorized before it is given (AU-01, AU-02)."""

    tin: Tin = form("Tax ID of the requesting provider", hint=TIN_HINT)
    setting: Setting = form("Inpatient or outpatient")
    urgency: Urgency = form(
        "Expedited when waiting could seriously harm the member, otherwise standard",
        default="standard",
    )
    member_id: MemberId = form("Member ID with suffix, as on the card")
    other_insurance: YesNo = form("Does the member have other insurance?", hint="yes or no")
    servicing: CareProvider = form("Servicing provider: who gives the service")
    ordering: CareProvider = form("Ordering provider: who wants it given")
    contact: Contact = form("Who to ask")
    diagnoses: tuple[DiagnosisCode, ...] = form(
        "Diagnoses, principal first, without the point",
        min_length=1,
        max_length=12,
        hint=DIAGNOSIS_HINT,
    )
    lines: tuple[RequestedService, ...] = form("Services asked for", min_length=1, max_length=50)
    documents: DocumentIds = form("Ids of uploaded clinical documents", default=())
    notes: str = form("Notes", default="", max_length=2000)

    def key(self) -> str:
        return bucket(self.member_id)

    def subject(self) -> str:
        return ""  # the request has no number yet


class LineReview(Strict):
    """What the reviewer decides about one line."""

    line: Annotated[int, Whole(1, 50)] = form("Line number, from 1")
    decision: ReviewDecision = form("Decision")
    approved_units: Annotated[int, Whole(0, 9999)] | None = form(
        "Units approved; needed for 'partly_approved', all units for 'approved' when left out",
        default=None,
    )
    denial_reason: DenialReason | None = form("Kind of reason; needed for 'denied'", default=None)
    reason: str = form(
        "Specific reason, in words for the provider; for 'pended_for_information': what is needed",
        default="",
        max_length=2000,
    )


class DecideLines(Command, type="auth.decide_lines.v1", answers=(LinesReviewed,)):
    """Decide one or more lines of an authorization (AU-06). For plan staff.

    A line that was approved, partly approved or denied is final.
    """

    authorization_number: Reference = form("Authorization number, AUTH-…")
    reviews: tuple[LineReview, ...] = form("Decisions, one per line", min_length=1, max_length=50)

    def key(self) -> str:
        return bucket_of_reference(self.authorization_number)

    def subject(self) -> str:
        return self.authorization_number
