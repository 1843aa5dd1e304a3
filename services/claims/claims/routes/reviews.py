"""Something changed that earlier claims depend on: other insurance (CB-04), a released record."""

from collections.abc import Iterable
from datetime import date

from claims.domain import cob_review, records
from claims.domain.cob_review import ReviewedClaim
from claims.domain.facts import Facts
from claims.facts import COB_CHANGES, MEMBER_RECORDS, MEMBERS, record_of, records_table
from claims.routes.facts_of import known_claim, rules_of
from claims.routes.saving import decision_of
from claims.store.claims import CLAIMS
from claims.store.members_claims import MEMBER_CLAIMS, REVIEWED
from portal_contracts.claims.commands import (
    ApplyReleasedDocument,
    ReviewCobChange,
    ReviewMemberRecord,
)
from portal_contracts.documents.events import DocumentReleased
from portal_contracts.eligibility.events import CobChanged
from portal_runtime.domain.decision import NOTHING, Context, Decision, Save
from portal_runtime.routes import Need
from portal_runtime.tables import View

# -- other insurance ------------------------------------------------------------------------------


def cob_changed(event: CobChanged, view: View, ctx: Context) -> Decision:
    """Keep the change, and look at the member's claims when their turn has come (CB-04, CB-05)."""
    return Decision(
        saves=(Save(COB_CHANGES, event.change_id, event),),
        reviews=(ReviewCobChange(member_id=event.member_id, change_id=event.change_id),),
    )


def cob_needs(cmd: ReviewCobChange, ctx: Context) -> Iterable[Need]:
    yield COB_CHANGES, cmd.change_id
    yield MEMBERS, cmd.member_id
    yield REVIEWED, _since(cmd, ctx)


def review_cob_change(cmd: ReviewCobChange, view: View, ctx: Context) -> Decision:
    change = view.get(COB_CHANGES, cmd.change_id)
    member = view.get(MEMBERS, cmd.member_id)
    if change is None or member is None:
        return NOTHING
    known = view.get(REVIEWED, _since(cmd, ctx)) or ()
    claims = [_as_it_is_now(claim, view) for claim in known]
    today = ctx.settings.calendar.day_of(ctx.now)
    outcome = cob_review.review_cob_change(cmd, change, member.cob, claims, today)
    # A feed of changes orders thousands: nobody else's claim is to wait behind them.
    return decision_of(outcome, view, ctx)._replace(commands=(), bulk=outcome.commands)


def _as_it_is_now(claim: ReviewedClaim, view: View) -> ReviewedClaim:
    """An earlier message of the same batch may have decided it anew."""
    changed = known_claim(claim.number, view) if view.knows(CLAIMS, claim.number) else None
    return claim if changed is None else ReviewedClaim.of(changed)


def _since(cmd: ReviewCobChange | ReviewMemberRecord, ctx: Context) -> tuple[str, date]:
    """The member, and the first day on which we still look at a claim again."""
    today = ctx.settings.calendar.day_of(ctx.now)
    return cmd.member_id, cob_review.looks_back_to(today)


# -- released documents ---------------------------------------------------------------------------


def document_needs(event: DocumentReleased, _: Context) -> Iterable[Need]:
    table = records_table(event)
    if table is not None:
        yield table, event.owner.reference


def document_released(event: DocumentReleased, view: View, ctx: Context) -> Decision:
    """Keep the record; a claim it was sent for is looked at again (CL-12)."""
    table = records_table(event)
    if table is None:
        return NOTHING
    owner = event.owner.reference
    known = view.get(table, owner) or ()
    keeping = (Save(table, owner, (*known, record_of(event, ctx.settings.calendar))),)
    if table is MEMBER_RECORDS:
        review = ReviewMemberRecord(member_id=owner, document_id=event.document_id)
        return Decision(saves=keeping, commands=(review,))
    command = ApplyReleasedDocument(claim_number=owner, document_id=event.document_id)
    return Decision(saves=keeping, commands=(command,))


def record_needs(cmd: ReviewMemberRecord, ctx: Context) -> Iterable[Need]:
    yield MEMBER_CLAIMS, _since(cmd, ctx)
    yield MEMBER_RECORDS, cmd.member_id


def record_then(cmd: ReviewMemberRecord, view: View, ctx: Context) -> Iterable[Need]:
    for number in view.get(MEMBER_CLAIMS, _since(cmd, ctx)) or ():
        yield CLAIMS, number


def review_member_record(cmd: ReviewMemberRecord, view: View, ctx: Context) -> Decision:
    """The member's claims of the last two years, oldest first."""
    known = view.get(MEMBER_RECORDS, cmd.member_id) or ()
    facts = Facts(rules_of(ctx), records=known, calendar=ctx.settings.calendar)
    numbers = view.get(MEMBER_CLAIMS, _since(cmd, ctx)) or ()
    found = (known_claim(number, view) for number in numbers)
    claims = [claim for claim in found if claim is not None]
    return decision_of(records.review_member_record(cmd, claims, facts), view, ctx)
