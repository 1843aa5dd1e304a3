"""Queries of the prior authorization service."""

from portal_contracts.auth.parts import AuthorizationStatus
from portal_contracts.auth.replies import AuthorizationDetails, AuthorizationList
from portal_contracts.base import Query
from portal_contracts.fields import MemberId, Reference, form
from portal_contracts.paging import Page


class SearchAuthorizations(
    Page, type="auth.search_authorizations.v1", answers=(AuthorizationList,)
):
    """A member's authorizations, newest first (AU-05). Providers see those of their own Tax IDs."""

    member_id: MemberId = form("Member ID with suffix, as on the card")
    statuses: tuple[AuthorizationStatus, ...] = form("Any of these", default=())


class GetAuthorization(Query, type="auth.get_authorization.v1", answers=(AuthorizationDetails,)):
    """One authorization with all its lines (AU-05)."""

    authorization_number: Reference = form("Authorization number, AUTH-…")
