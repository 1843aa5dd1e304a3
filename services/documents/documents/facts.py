"""What other services announced: whose a claim is (DO-06)."""

from documents.domain.access import Owner
from portal_contracts.claims.events import ClaimAdjudicated, ClaimRejectedEvent
from portal_runtime.tables import Facts

CLAIMS = Facts("claim", Owner)


def owner_of(event: ClaimAdjudicated | ClaimRejectedEvent) -> Owner:
    """The little of a claim that documents need: its Tax ID, and its member for the access log."""
    member = event.member_id if isinstance(event, ClaimAdjudicated) else ""
    return Owner(version=event.version, tin=event.billing_tin, member_id=member)
