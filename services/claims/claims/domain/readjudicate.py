"""CL-16 Adjudicate a claim again with the facts of now. Nothing is overwritten."""

from typing import assert_never

from claims.domain.adjudicate import Cause, adjudicate
from claims.domain.facts import Facts
from claims.domain.history import adjudicated
from claims.domain.outcome import Outcome, refused, unknown_claim
from claims.domain.state import (
    Adjudicated,
    Claim,
    Pended,
    Received,
    Rejected,
    Replaced,
    Void,
    Voided,
)
from claims.domain.submit import accepted
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.problems.common import CLAIM_REJECTED, CLAIM_REPLACED, CLAIM_VOIDED
from portal_runtime.domain.decision import Context


def readjudicate(
    cmd: ReadjudicateClaim, claim: Claim | None, facts: Facts, ctx: Context
) -> Outcome:
    """A new, numbered adjudication; edits that an overturned decision waives stay waived.

    The same outcome again is an adjudication too, without postings: who asked for it gets an answer
    and the history shows that it was looked at.
    """
    if claim is None or not ctx.scope.includes(claim.submission.billing.tin):
        return unknown_claim()
    match claim.state:
        case Received() | Pended() | Adjudicated():
            waived = (*claim.waived, *(edit for edit in cmd.waive if edit not in claim.waived))
            return again(claim._replace(waived=waived), facts, cmd.cause, cmd.reference)
        case Rejected():
            return refused(CLAIM_REJECTED(door=claim.submission.TYPE))
        case Replaced(by):
            return refused(CLAIM_REPLACED(newer=by))
        case Voided() | Void():
            return refused(CLAIM_VOIDED())
        case _:
            assert_never(claim.state)


def again(claim: Claim, facts: Facts, cause: Cause, reference: str) -> Outcome:
    """Adjudicate once more and say so."""
    done = adjudicate(claim, facts, cause, reference)
    return Outcome(
        reply=accepted(done),
        events=(done.event,),
        claims=(done.claim,),
        accumulators=done.accumulators,
        history=(adjudicated(done.event),),
    )
