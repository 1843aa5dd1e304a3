"""What other services announced: to whom the things belong that documents are about (DO-06).

One table says it for all kinds. None of these things ever changes hands: a correction is a new
claim, a change of a Tax ID is a new profile. So an older snapshot is dropped for its version only.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, get_args

from documents.domain.access import Owner
from portal_contracts.appeals.events import CaseSubmitted
from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.base import Event
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed, ClaimRejectedEvent
from portal_contracts.documents.parts import OwnerKind
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.providers.events import MaintenanceRequestSubmitted
from portal_runtime.domain.copying import like
from portal_runtime.tables import Facts

OWNERS: Mapping[OwnerKind, Facts[Owner]] = {
    kind: Facts(kind, Owner) for kind in get_args(OwnerKind)
}
"""By reference: the number of the thing, or the member ID. Kinds of facts are kinds of owners."""


class Announced(NamedTuple):
    """What an event says about one thing that documents may belong to."""

    kind: OwnerKind
    reference: str
    owner: Owner


def _of_claim(e: ClaimAdjudicated) -> tuple[Announced, ...]:
    return (Announced("claim", e.claim_number, like(Owner, e, tin=e.billing_tin)),)


def _of_rejected_claim(e: ClaimRejectedEvent) -> tuple[Announced, ...]:
    # Perhaps rejected because nobody has the member ID on it: no member is known.
    return (Announced("claim", e.claim_number, like(Owner, e, tin=e.billing_tin)),)


def _of_closed_claim(e: ClaimClosed) -> tuple[Announced, ...]:
    """Of the void that closed it nothing else is announced; it is of the same parties (CL-06)."""
    owner = like(Owner, e, tin=e.billing_tin)
    by = owner.model_copy(update={"version": 1})
    return Announced("claim", e.claim_number, owner), Announced("claim", e.closed_by, by)


def _of_authorization(e: AuthorizationChanged) -> tuple[Announced, ...]:
    return (Announced("authorization", e.authorization_number, like(Owner, e)),)


def _of_case(e: CaseSubmitted) -> tuple[Announced, ...]:
    return (Announced(e.kind, e.case_number, like(Owner, e)),)


def _of_member(e: MemberChanged) -> tuple[Announced, ...]:
    return (Announced("member", e.member_id, like(Owner, e, tin=None)),)


def _of_request(e: MaintenanceRequestSubmitted) -> tuple[Announced, ...]:
    return (Announced("maintenance_request", e.number, like(Owner, e)),)


ANNOUNCED: Mapping[type[Event], Callable[[Any], tuple[Announced, ...]]] = {
    ClaimAdjudicated: _of_claim,
    ClaimRejectedEvent: _of_rejected_claim,
    ClaimClosed: _of_closed_claim,
    AuthorizationChanged: _of_authorization,
    CaseSubmitted: _of_case,
    MemberChanged: _of_member,
    MaintenanceRequestSubmitted: _of_request,
}


def announced(event: Event) -> tuple[Announced, ...]:
    """What belongs to whom, as this event says."""
    return ANNOUNCED[type(event)](event)
