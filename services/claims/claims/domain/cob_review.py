"""CB-04, CB-05 Which claims a change of other insurance touches: adjudicate each again (2.6)."""

from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple

from claims.domain.outcome import Outcome
from claims.domain.rules.edits.other_coverage import pays_first
from claims.domain.state import Claim
from portal_contracts.claims.commands import ReadjudicateClaim, ReviewCobChange
from portal_contracts.claims.events import ReadjudicationsOrdered
from portal_contracts.claims.outcome import ClaimStatus
from portal_contracts.eligibility.events import CobChanged
from portal_contracts.eligibility.parts import CobPolicy
from portal_runtime.domain.days import add_months

LOOK_BACK_MONTHS = 24
"""Claims whose service ended earlier are left as they are."""
COORDINATED = frozenset({"22", "23"})
"""Denied because another payer is first, or paid after it: these feel every change."""
DECIDED_EARLIER = frozenset({"18", "26", "27", "29", "31", "239", "B7"})
"""Denied by an edit that comes before other coverage: these feel none."""


class ReviewedClaim(NamedTuple):
    """What the review must know of a claim of the member."""

    number: str
    status: ClaimStatus
    service_from: date
    service_to: date
    received_at: datetime
    billing_tin: str
    carcs: frozenset[str]
    """Of the adjudication that stands."""
    names_payers: bool = False
    """Whether other payers are on it: then it matters how many of them pay before us."""

    @classmethod
    def of(cls, claim: Claim) -> "ReviewedClaim":
        first, last = claim.service_from, claim.service_to
        named = bool(claim.submission.other_payers)
        tin = claim.submission.billing.tin
        return cls(
            claim.number, claim.status, first, last, claim.received_at, tin, claim.carcs(), named
        )


def review_cob_change(
    cmd: ReviewCobChange,
    change: CobChanged,
    policies: tuple[CobPolicy, ...],
    claims: Iterable[ReviewedClaim],
    today: date,
) -> Outcome:
    """One message per touched claim, oldest first, and one event that names them all (CB-07).

    `policies`: all other insurance of the member as it is now; `claims`: those of the member;
    `today`: the plan's day.
    """
    others = tuple(p for p in policies if p.policy_id != change.after.policy_id)
    first_day = looks_back_to(today)
    touched = [
        claim
        for claim in claims
        if claim.service_to >= first_day and _is_touched(claim, change, others)
    ]
    touched.sort(key=attrgetter("service_from", "received_at", "number"))
    numbers = tuple(claim.number for claim in touched)
    return Outcome(
        events=(ReadjudicationsOrdered(change_id=cmd.change_id, claims=numbers),),
        commands=tuple(
            ReadjudicateClaim(claim_number=n, cause="cob_changed", reference=cmd.change_id)
            for n in numbers
        ),
    )


def looks_back_to(today: date) -> date:
    """A claim whose last date of service is earlier than this is not looked at again."""
    return add_months(today, -LOOK_BACK_MONTHS)


def _is_touched(claim: ReviewedClaim, change: CobChanged, others: tuple[CobPolicy, ...]) -> bool:
    """Its dates meet the changed period, and its outcome can differ."""
    if claim.status not in ("paid", "denied"):
        return False
    if claim.status == "paid" and change.tins and claim.billing_tin not in change.tins:
        # One provider's word takes back nothing that was paid to another (CB-02).
        return False
    # The edit looks at the first date of service, so that is the day that decides.
    day = claim.service_from
    before = change.before is not None and pays_first(change.before, day)
    after = pays_first(change.after, day)
    if before == after:
        return False
    # Where another policy stays first, one less changes nothing unless payers are on the claim. One
    # more is always looked at: the other may be as new as this one, and both wait for the review.
    if before and not claim.names_payers and any(pays_first(other, day) for other in others):
        return False
    if claim.carcs and claim.carcs <= DECIDED_EARLIER:
        return False
    # A new first payer takes back what was paid as first only when the provider asked for it.
    return bool(claim.carcs & COORDINATED) or change.adjust_claims
