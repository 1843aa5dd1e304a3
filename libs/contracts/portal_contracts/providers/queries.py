"""Queries of the providers service."""

from portal_contracts.base import Query
from portal_contracts.fields import Day, Instant, Npi, Tin, YesNo, form
from portal_contracts.paging import Page
from portal_contracts.providers.changes import (
    NUMBER_HINT,
    RequestKind,
    RequestNumber,
    RequestStatus,
)
from portal_contracts.providers.replies import (
    MaintenanceRequestDetails,
    MaintenanceRequestList,
    ProviderDetails,
    SlaBoard,
)


class GetProvider(Query, type="providers.get_provider.v1", answers=(ProviderDetails,)):
    """A provider's profile at one Tax ID, and whether it is active on a day."""

    npi: Npi = form("NPI")
    tin: Tin = form("Tax ID")
    on: Day | None = form("The day in question; today when left out", default=None)


class GetMaintenanceRequest(
    Query,
    type="providers.get_maintenance_request.v1",
    answers=(MaintenanceRequestDetails,),
):
    """One request with its clock and its questions and answers."""

    number: RequestNumber = form("Request number", hint=NUMBER_HINT)


class SearchMaintenanceRequests(
    Page,
    type="providers.search_maintenance_requests.v1",
    answers=(MaintenanceRequestList,),
):
    """Find requests; filters combine; what is due first comes first (PR-08)."""

    tins: tuple[Tin, ...] = form("Tax IDs, any of", default=(), max_length=100)
    npi: Npi | None = form("NPI of the profile", default=None)
    kinds: tuple[RequestKind, ...] = form("Any of these", default=())
    statuses: tuple[RequestStatus, ...] = form("Any of these", default=())
    received_before: Instant | None = form("Received before (age)", default=None)
    due_by: Day | None = form("Due on this day or before", default=None)
    breached: YesNo | None = form("Past the deadline or not", default=None)


class GetSlaBoard(Query, type="providers.get_sla_board.v1", answers=(SlaBoard,)):
    """How the plan keeps its deadlines, by kind of request (PR-08). For the plan's people."""
