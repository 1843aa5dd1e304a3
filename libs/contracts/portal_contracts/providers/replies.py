"""Replies of the providers service."""

from pydantic import Field

from portal_contracts.base import Model, Reply
from portal_contracts.clock import SlaClock
from portal_contracts.common import Address, ContactOnFile
from portal_contracts.fields import Count, Day, Instant, Npi, Tin, YesNo
from portal_contracts.paging import Answer, PageAnswer
from portal_contracts.providers.changes import (
    Change,
    RequestKind,
    RequestStatus,
    Restrictions,
)
from portal_contracts.providers.parts import Participation


class ProviderRegistered(Reply, type="providers.provider_registered.v1"):
    """The profile is on file."""

    npi: Npi = Field(description="NPI")
    tin: Tin = Field(description="Tax ID")
    version: Count = Field(description="Version of the profile")
    changed: YesNo = Field(description="False when all of it was known already")


class MaintenanceRequestAccepted(Reply, type="providers.maintenance_request_accepted.v1"):
    """The request is on file."""

    number: str = Field(description="Request number, PMR-…; with the Tax ID it finds the request")
    clock: SlaClock = Field(description="Due date, and what is counted")
    onboarding: YesNo = Field(description="A provider new to the plan: the credentialing clock")
    other_tins: tuple[Tin, ...] = Field(
        description="Other Tax IDs of the asker at which this NPI has a profile; each needs its "
        "own request (PR-05)"
    )


class RequestState(Reply, type="providers.request_state.v1"):
    """Where a request stands after a command about it."""

    number: str = Field(description="Request number")
    status: RequestStatus = Field(description="Where it stands")
    clock: SlaClock = Field(description="The clock")


class ProviderDetails(Answer, type="providers.provider_details.v1"):
    """A profile as it is on file."""

    npi: Npi = Field(description="NPI")
    tin: Tin = Field(description="Tax ID")
    version: Count = Field(description="Version of the profile")
    name: str = Field(description="Name")
    provider_type: str = Field(description="Kind of provider")
    specialty: str | None = Field(description="Taxonomy code")
    participation: tuple[Participation, ...] = Field(description="Active spans, oldest first")
    active: YesNo = Field(description="Active on the day in question")
    fee_schedule: str = Field(description="Fee schedule that prices its claims")
    billing_address: Address | None = Field(description="Where payments go")
    service_address: Address | None = Field(description="Where patients are seen")
    phone: str | None = Field(description="Phone")
    fax: str | None = Field(description="Fax")
    email: str | None = Field(description="E-mail address")
    restrictions: Restrictions | None = Field(description="Whom the provider takes as a patient")
    other_tins: tuple[Tin, ...] = Field(description="The asker's other Tax IDs with this NPI")


class Exchange(Model):
    """A question of the plan and the provider's answer."""

    question: str = Field(description="What was asked")
    asked_at: Instant = Field(description="When")
    answer: str | None = Field(None, description="Answer; none while it is awaited")
    answered_at: Instant | None = Field(None, description="When it was answered")


class RequestSummary(Model):
    """A request in a list."""

    number: str = Field(description="Request number")
    tin: Tin = Field(description="Tax ID")
    npi: Npi = Field(description="NPI of the profile")
    kind: RequestKind = Field(description="What was asked for")
    status: RequestStatus = Field(description="Where it stands")
    received_at: Instant = Field(description="When it was received")
    closed_at: Instant | None = Field(description="When it was decided")
    clock: SlaClock = Field(description="The clock")
    onboarding: YesNo = Field(description="The credentialing clock applies")
    applied: YesNo = Field(description="The change is in the profile")


class MaintenanceRequestDetails(Answer, type="providers.maintenance_request_details.v1"):
    """A request with all that was said about it."""

    summary: RequestSummary = Field(description="Header")
    change: Change = Field(description="What is to change")
    contact: ContactOnFile = Field(description="Who to ask")
    documents: tuple[str, ...] = Field(description="Ids of uploaded documents")
    notes: str = Field(description="Notes")
    exchanges: tuple[Exchange, ...] = Field(description="Questions and answers, oldest first")
    decision_note: str = Field(description="Note or reason of the decision")


class MaintenanceRequestList(PageAnswer, type="providers.maintenance_request_list.v1"):
    """A page of requests."""

    requests: tuple[RequestSummary, ...] = Field(
        description="Due first; those whose clock stands still come last"
    )


class SlaRow(Model):
    """One kind of request on the board."""

    kind: RequestKind = Field(description="Kind of request")
    open: Count = Field(description="Not decided yet")
    waiting: Count = Field(description="Of these, waiting for the provider's answer")
    overdue: Count = Field(description="Of these, past the deadline")
    oldest_received_at: Instant | None = Field(description="When the oldest open one was received")
    next_due_date: Day | None = Field(description="Nearest due date among the open ones")
    closed: Count = Field(description="Decided")
    closed_in_time: Count = Field(description="Of these, in time")


class SlaBoard(Answer, type="providers.sla_board.v1"):
    """One row per kind of request that was ever made."""

    rows: tuple[SlaRow, ...] = Field(description="By kind")
    percent_in_time: str | None = Field(
        description="Of all decided ones, percent with one decimal, e.g. '98.4'; none without any"
    )
