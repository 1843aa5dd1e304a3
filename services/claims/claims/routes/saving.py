"""Where the outcome of a decision goes: tables, events, commands."""

from datetime import date
from typing import Any

from claims.domain.facts import SiblingClaim
from claims.domain.history import Entry
from claims.domain.outcome import Outcome
from claims.domain.state import Claim
from claims.store.accumulators import ACCUMULATORS
from claims.store.claim_row import StoredClaim
from claims.store.claims import CLAIMS
from claims.store.members_claims import SIBLINGS, sibling_of
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed
from portal_runtime.domain.decision import Context, Decision, Save
from portal_runtime.tables import View

POSTING = (ClaimAdjudicated, ClaimClosed)


def decision_of(outcome: Outcome, view: View, ctx: Context) -> Decision:
    """The domain's outcome with the tables it is saved to."""
    saves: list[Save[Any, Any]] = []
    siblings: dict[tuple[str, date], tuple[SiblingClaim, ...]] = {}
    # Strict: a version that nothing accounts for is a fault of ours.
    for claim, entry in zip(outcome.claims, outcome.history, strict=True):
        saves.append(Save(CLAIMS, claim.number, _stored(claim, entry, outcome, view, ctx)))
        key = (claim.submission.member_id, claim.service_from)
        if view.knows(SIBLINGS, key):
            known = siblings.get(key, view.get(SIBLINGS, key) or ())
            others = [s for s in known if s.number != claim.number]
            siblings[key] = (*others, sibling_of(claim))
    saves += [Save(SIBLINGS, key, family) for key, family in siblings.items()]
    saves += [Save(ACCUMULATORS, (a.member_id, a.year), a) for a in outcome.accumulators]
    return Decision(outcome.reply, outcome.events, outcome.commands, tuple(saves))


def _stored(claim: Claim, entry: Entry, outcome: Outcome, view: View, ctx: Context) -> StoredClaim:
    before = view.get(CLAIMS, claim.number) if view.knows(CLAIMS, claim.number) else None
    postings = tuple(
        [
            posting
            for event in outcome.events
            if isinstance(event, POSTING) and event.claim_number == claim.number
            for posting in event.postings
        ]
    )
    happened = (entry, ctx.principal)
    if before is None:
        return StoredClaim(claim, ctx.raw, ctx.now, postings, (happened,))
    # What an earlier message of the batch left is not in the database yet either.
    return StoredClaim(
        claim,
        before.raw,
        ctx.now,
        (*before.postings, *postings),
        (*before.history, happened),
        before.loaded_version,
    )
