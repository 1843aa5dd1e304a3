"""What the chapters about claims have in common."""

from portal_cli.demo.stage import Stage
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import ClaimStatus
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.money import cents


async def submit(
    stage: Stage, claim: SubmitProfessionalClaim, status: ClaimStatus
) -> ClaimAdjudicated:
    """Send a claim that is to end in this status, and see it adjudicated."""
    accepted = await stage.ask(stage.provider, claim, ClaimAccepted)
    first = await adjudicated(stage, accepted.claim_number, 1)
    stage.expect(first.status == status, f"the claim {status}, it is {first.status}")
    return first


async def adjudicated(stage: Stage, claim_number: str, number: int) -> ClaimAdjudicated:
    """The claim's adjudication with this number; its lines balance (CL-18)."""
    event = await stage.see(
        ClaimAdjudicated, lambda e: e.claim_number == claim_number and e.adjudication == number
    )
    stage.expect(balances(event), "charge = paid + adjustments on every line")
    return event


def balances(event: ClaimAdjudicated) -> bool:
    """On each line charge = paid + adjustments, and the claim is the sum of its lines (CL-18)."""
    return all(
        cents(line.charge) == cents(line.paid) + sum(cents(a.amount) for a in line.adjustments)
        for line in event.lines
    ) and cents(event.paid) == sum(cents(line.paid) for line in event.lines)


def reasons(event: ClaimAdjudicated) -> set[str]:
    """Group and code of every adjustment, e.g. 'CO-22', and the remark codes."""
    adjustments = [a for line in event.lines for a in line.adjustments]
    return {f"{a.group}-{a.carc}" for a in adjustments} | {r for a in adjustments for r in a.rarcs}
