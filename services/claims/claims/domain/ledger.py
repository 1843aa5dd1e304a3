"""What an adjudication posts to the claim's payment ledger, and gives back (CL-16, CL-18)."""

from collections.abc import Mapping

from claims.domain.build import build
from claims.domain.facts import Accumulators
from claims.domain.state import Adjudicated, Claim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import Posting, ReadjudicationCause
from portal_contracts.money import cents, dollars

DEDUCTIBLE = "1"
COST_SHARE = ("1", "2", "3")

REVERSAL_ALERTS: Mapping[ReadjudicationCause, str] = {
    "records_released": "N688",  # medical review
    "cob_changed": "N696",  # coordination of benefits
    "provider_changed": "N689",  # terms of the provider changed retroactively
    "dispute_overturned": "N690",  # provider's appeal
    "appeal_overturned": "N690",
    "staff_request": "N770",  # adjustment request processed
}
"""Alert remark that says why an earlier outcome was reversed (2.4)."""
REPLACED_ALERT = "N694"
VOIDED_ALERT = "N693"


def postings(
    previous: ClaimAdjudicated | None, adjudication: int, paid: int
) -> tuple[Posting, ...]:
    """Ledger entries of an adjudication that pays `paid` cents where `previous` stood before it.

    An unchanged payment posts nothing; otherwise the old one is taken back and the new one made.
    """
    before = cents(previous.paid) if previous else 0
    if before == paid:
        return ()
    payment = build(
        Posting, {"kind": "payment", "adjudication": adjudication, "amount": dollars(paid)}
    )
    return (*reversal(previous), payment) if paid else reversal(previous)


def standing(adjudicated: ClaimAdjudicated) -> int:
    """Number of the adjudication whose payment stands: one that changed nothing posted nothing."""
    return adjudicated.paid_by or adjudicated.adjudication


def reversal(adjudicated: ClaimAdjudicated | None) -> tuple[Posting, ...]:
    """Takes back what an adjudication paid; nothing where it paid nothing."""
    if adjudicated is None or not cents(adjudicated.paid):
        return ()
    return (
        Posting(
            kind="reversal",
            adjudication=standing(adjudicated),
            amount=dollars(-cents(adjudicated.paid)),
        ),
    )


def counted(claim: Claim) -> tuple[int, int]:
    """What the claim, as it stands, counts toward (deductible, out-of-pocket), in cents."""
    if not isinstance(claim.state, Adjudicated):
        return 0, 0
    deductible = out_of_pocket = 0
    for line in claim.state.outcome.lines:
        for adjustment in line.adjustments:
            if adjustment.group == "PR" and adjustment.carc in COST_SHARE:
                amount = cents(adjustment.amount)
                out_of_pocket += amount
                deductible += amount if adjustment.carc == DEDUCTIBLE else 0
    return deductible, out_of_pocket


def without(claim: Claim, accumulators: Accumulators) -> Accumulators:
    """The member's accumulators as if the claim had never been adjudicated."""
    deductible, out_of_pocket = counted(claim)
    return accumulators.plus(-deductible, -out_of_pocket)
