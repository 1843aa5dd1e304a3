"""Queries of the disputes and appeals service."""

from portal_contracts.appeals.parts import CaseKind, CaseStatus
from portal_contracts.appeals.replies import CaseDetails, CaseList
from portal_contracts.base import Query
from portal_contracts.fields import Reference, form
from portal_contracts.paging import Page


class GetCase(Query, type="appeals.get_case.v1", answers=(CaseDetails,)):
    """One dispute or appeal by its ID (DI-03, AP-03)."""

    case_number: Reference = form("Dispute ID, DSP-…, or appeal ID, APL-…")


class SearchCases(Page, type="appeals.search_cases.v1", answers=(CaseList,)):
    """Disputes and appeals, newest first (DI-03, AP-03). Filters combine.

    Providers see those of their own Tax IDs; plan staff use it as their worklist.
    """

    claim_number: Reference | None = form("Claim number", default=None)
    kind: CaseKind | None = form("Dispute or appeal", default=None)
    statuses: tuple[CaseStatus, ...] = form("Any of these", default=())
