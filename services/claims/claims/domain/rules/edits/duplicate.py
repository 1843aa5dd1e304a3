"""CL-17.1 Exact duplicate: OA-18."""

from claims.domain.facts import Facts
from claims.domain.rules.case import Case, Finding

DUPLICATE = Finding("OA", "18")


def duplicate(case: Case, facts: Facts) -> Finding | None:
    """The same services have been paid on another claim.

    A denied, rejected, replaced or voided claim paid nothing, so billing again is no duplicate
    (2.5). A corrected claim is like its original by nature.
    """
    if case.corrected:
        return None
    claim = case.claim
    for other in facts.siblings:
        if (
            other.duplicate_key == claim.duplicate_key
            and other.status == "paid"
            and other.number != claim.number
        ):
            return DUPLICATE
    return None
