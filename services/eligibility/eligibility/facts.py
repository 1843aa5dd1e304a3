"""What other services announced: which Tax IDs have treated, or asked for, which member (CB-02)."""

from typing import Any

from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.base import Model
from portal_contracts.claims.events import ClaimAdjudicated
from portal_runtime.tables import Facts

Related = ClaimAdjudicated | AuthorizationChanged


class Relation(Model):
    """A claim or an authorization request of this Tax ID for this member is on file."""

    member_id: str
    tin: str
    version: int = 1
    """Once is enough: that they had to do with each other does not end."""


RELATIONS = Facts("relation", Relation)
"""By `relation_key(member_id, tin)`."""


def relation_key(member_id: str, tin: str) -> str:
    return f"{member_id}|{tin}"


def related_by(event: Related) -> str:
    """The key of the relation that an event shows."""
    return relation_key(event.member_id, _tin_of(event))


def relation(event: Related, *_: Any) -> Relation:
    return Relation(member_id=event.member_id, tin=_tin_of(event))


def _tin_of(event: Related) -> str:
    """The Tax ID that billed, or asked for, the service."""
    return event.billing_tin if isinstance(event, ClaimAdjudicated) else event.tin
