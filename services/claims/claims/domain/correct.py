"""CL-06 Corrected claims: frequency 7 replaces the original, 8 voids it."""

from typing import Literal, assert_never

from claims.domain import history
from claims.domain.adjudicate import adjudicate
from claims.domain.facts import Accumulators, Facts
from claims.domain.ledger import REPLACED_ALERT, VOIDED_ALERT, reversal, without
from claims.domain.outcome import Outcome
from claims.domain.reject import reject
from claims.domain.state import (
    VOID,
    Adjudicated,
    Claim,
    Pended,
    Received,
    Rejected,
    Replaced,
    Void,
    Voided,
    last_outcome,
)
from portal_contracts.claims.events import ClaimClosed
from portal_contracts.claims.outcome import ClaimStatus
from portal_contracts.claims.problems.claim import (
    ORIGINAL_REJECTED,
    ORIGINAL_REPLACED,
    ORIGINAL_UNKNOWN,
    ORIGINAL_VOIDED,
)
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.common import Problem


def replace_original(claim: Claim, facts: Facts) -> Outcome:
    """Close the original, take its payment back, and adjudicate the corrected claim instead."""
    original = facts.original
    problem = _unfit(claim, original)
    if problem is not None or original is None:
        return reject(claim, (problem or ORIGINAL_UNKNOWN(),))
    freed = _given_back(original, facts)
    others = tuple(a for a in facts.accumulators if a.year != freed.year)
    done = adjudicate(claim, facts._replace(accumulators=(freed, *others)), "corrected")
    kept = tuple(a for a in done.accumulators if a.year == freed.year)
    event, closing = done.event, _closed(original, "replaced", claim.number)
    return Outcome(
        reply=_accepted(claim, done.claim.status, event.paid, event.patient_responsibility),
        events=(closing, event),
        claims=(original.becomes(Replaced(claim.number, last_outcome(original.state))), done.claim),
        accumulators=done.accumulators if kept else (freed, *done.accumulators),
        history=(history.closed(closing), history.adjudicated(event)),
    )


def void_original(claim: Claim, facts: Facts) -> Outcome:
    """Close the original and take its payment back. The void itself pays nothing."""
    original = facts.original
    problem = _unfit(claim, original)
    if problem is not None or original is None:
        return reject(claim, (problem or ORIGINAL_UNKNOWN(),))
    closing, void = _closed(original, "voided", claim.number), claim.becomes(VOID)
    return Outcome(
        reply=_accepted(claim, "voided", "0.00", "0.00"),
        events=(closing,),
        claims=(original.becomes(Voided(claim.number, last_outcome(original.state))), void),
        accumulators=(_given_back(original, facts),),
        history=(history.closed(closing), history.took_back(void, original)),
    )


def _unfit(claim: Claim, original: Claim | None) -> Problem | None:
    """Why the named claim cannot be corrected; another's claim is as unknown as none at all."""
    if original is None or not _same_parties(claim, original):
        return ORIGINAL_UNKNOWN()
    match original.state:
        case Received() | Pended() | Adjudicated():
            return None
        case Rejected():
            return ORIGINAL_REJECTED()
        case Replaced(by):
            return ORIGINAL_REPLACED(newer=by)
        case Voided() | Void():
            return ORIGINAL_VOIDED()
        case _:
            assert_never(original.state)


def _same_parties(claim: Claim, original: Claim) -> bool:
    new, old = claim.submission, original.submission
    return new.member_id == old.member_id and new.billing.tin == old.billing.tin


def _given_back(original: Claim, facts: Facts) -> Accumulators:
    """The member's accumulators of the original's year without it."""
    year = original.service_from.year
    return without(original, facts.accumulator(original.submission.member_id, year))


def _closed(original: Claim, status: Literal["replaced", "voided"], by: str) -> ClaimClosed:
    return ClaimClosed(
        claim_number=original.number,
        version=original.version + 1,
        status=status,
        member_id=original.submission.member_id,
        billing_tin=original.submission.billing.tin,
        closed_by=by,
        alerts=(REPLACED_ALERT if status == "replaced" else VOIDED_ALERT,),
        postings=reversal(last_outcome(original.state)),
    )


def _accepted(claim: Claim, status: ClaimStatus, paid: str, patient: str) -> ClaimAccepted:
    return ClaimAccepted(
        claim_number=claim.number,
        status=status,
        paid=paid,
        patient_responsibility=patient,
        patient_account=claim.submission.patient_account,
    )
