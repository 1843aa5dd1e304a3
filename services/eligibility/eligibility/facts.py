"""What other services announced: which Tax IDs have treated, or asked for, which member (CB-02)."""

from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.base import Model
from portal_contracts.claims.events import ClaimAdjudicated
from portal_runtime.tables import Facts


class Relation(Model):
    """A claim or an authorization request of this Tax ID for this member is on file."""

    member_id: str
    tin: str
    version: int = 1


RELATIONS = Facts("relation", Relation)
"""By `relation_key(member_id, tin)`."""


def relation_key(member_id: str, tin: str) -> str:
    return f"{member_id}|{tin}"


def tin_of(event: ClaimAdjudicated | AuthorizationChanged) -> str:
    """The Tax ID that billed, or asked for, the service."""
    return event.billing_tin if isinstance(event, ClaimAdjudicated) else event.tin
