"""Events of the providers service."""

from pydantic import Field

from portal_contracts.base import Event
from portal_contracts.clock import SlaClock
from portal_contracts.fields import Count, Day, Instant, Npi, Tin, YesNo
from portal_contracts.providers.changes import RequestKind
from portal_contracts.providers.parts import Participation


class ProviderChanged(Event, type="providers.provider_changed.v1"):
    """A provider's profile at one Tax ID, after any change (PR-05, PR-07)."""

    npi: Npi = Field(description="NPI")
    tin: Tin = Field(description="Tax ID of this profile")
    version: Count = Field(description="Rises with every change of this profile")
    name: str = Field(description="Name of the provider or organization")
    provider_type: str = Field(description="e.g. 'physician', 'extender', 'facility', 'group'")
    specialty: str | None = Field(None, description="Taxonomy code")
    participation: tuple[Participation, ...] = Field(description="Active spans, oldest first")
    fee_schedule: str = Field("standard", description="Fee schedule that prices its claims")

    def key(self) -> str:
        return self.tin

    def subject(self) -> str:
        return f"{self.npi}|{self.tin}"


class RequestEvent(Event):
    """What every event about a maintenance request carries."""

    number: str = Field(description="Request number, PMR-…")
    version: Count = Field(description="Rises with every event about the request")
    tin: Tin = Field(description="Tax ID of the profile")
    npi: Npi = Field(description="NPI of the profile")
    kind: RequestKind = Field(description="What was asked for")
    at: Instant = Field(description="When it happened")

    def key(self) -> str:
        return self.tin

    def subject(self) -> str:
        return self.number


class MaintenanceRequestSubmitted(RequestEvent, type="providers.maintenance_request_submitted.v1"):
    """A request is on file and its clock runs (PR-01, PR-02)."""

    effective_date: Day = Field(description="First day on which the change would hold")
    onboarding: YesNo = Field(description="A provider new to the plan: the credentialing clock")
    clock: SlaClock = Field(description="The clock, just started")


class InformationRequested(RequestEvent, type="providers.information_requested.v1"):
    """The plan has asked the provider something; the clock stands still (PR-03)."""

    question: str = Field(description="What is needed")
    clock: SlaClock = Field(description="The clock, with what is left")


class QuestionAnswered(RequestEvent, type="providers.question_answered.v1"):
    """The provider has answered; the clock goes on (PR-03)."""

    answer: str = Field(description="Answer")
    documents: tuple[str, ...] = Field((), description="Ids of uploaded documents")
    clock: SlaClock = Field(description="The clock, with the new deadline")


class RequestApproved(RequestEvent, type="providers.request_approved.v1"):
    """Plan staff approved the request."""

    note: str = Field("", description="Note to the provider")
    effective_date: Day = Field(description="First day on which the change holds")
    in_time: YesNo = Field(description="Decided before the deadline")


class RequestRejected(RequestEvent, type="providers.request_rejected.v1"):
    """Plan staff rejected the request."""

    reason: str = Field(description="Why, in words for the provider")
    in_time: YesNo = Field(description="Decided before the deadline")


class RequestApplied(RequestEvent, type="providers.request_applied.v1"):
    """The approved change is in the profile; ProviderChanged comes with it (PR-07)."""


class SlaWarning(RequestEvent, type="providers.sla_warning.v1"):
    """The deadline of an open request is near. At most once for a request (PR-02)."""

    clock: SlaClock = Field(description="The clock")


class SlaBreached(RequestEvent, type="providers.sla_breached.v1"):
    """An open request has passed its deadline. At most once for a request (PR-02)."""

    clock: SlaClock = Field(description="The clock")
