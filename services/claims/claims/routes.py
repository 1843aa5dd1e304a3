"""What the claims service does with each message: its table of contents.

Everything about the claims of one member is decided in one partition, in order. Events of other
services therefore only change facts here, and send a command to this service where a claim must be
looked at again; that command takes its turn among the member's claims.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from claims import queries
from claims.domain import cob_review, readjudicate, records, submit
from claims.domain.cob_review import ReviewedClaim
from claims.domain.facts import Facts, SiblingClaim
from claims.domain.outcome import Outcome
from claims.domain.rules.rule_book import RuleBook
from claims.domain.state import Claim, Submission, service_dates
from claims.domain.validation import check_institutional, check_professional
from claims.facts import (
    CLAIM_RECORDS,
    COB_CHANGES,
    MEMBER_RECORDS,
    MEMBERS,
    PROVIDERS,
    provider_key,
    record_of,
    records_table,
)
from claims.settings import ClaimsSettings
from claims.store import (
    ACCUMULATORS,
    CLAIMS,
    MEMBER_CLAIMS,
    REVIEWED,
    SIBLINGS,
    StoredClaim,
    sibling_of,
)
from portal_contracts.claims.commands import (
    ApplyReleasedDocument,
    ReadjudicateClaim,
    ReviewCobChange,
    ReviewMemberRecord,
    SubmitInstitutionalClaim,
    SubmitProfessionalClaim,
    SubmitRecords,
)
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed
from portal_contracts.claims.queries import GetClaim, SearchClaims
from portal_contracts.documents.events import DocumentReleased
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.providers.events import ProviderChanged
from portal_runtime.domain.decision import NOTHING, Context, Decision, Save
from portal_runtime.routes import Need, Routes, ask, keep, on
from portal_runtime.tables import View


def submit_needs(cmd: Submission, _: Context) -> Iterable[Need]:
    """All that deciding about a new claim looks at; the original of a corrected one too."""
    first = service_dates(cmd)[0]
    yield MEMBERS, cmd.member_id
    yield PROVIDERS, provider_key(cmd.billing.npi, cmd.billing.tin)
    yield ACCUMULATORS, (cmd.member_id, first.year)
    yield SIBLINGS, (cmd.member_id, first)
    yield MEMBER_RECORDS, cmd.member_id
    if cmd.original_claim:
        yield CLAIMS, cmd.original_claim
    if cmd.resubmission_of:
        yield CLAIMS, cmd.resubmission_of


def submit_then(cmd: Submission, view: View, _: Context) -> Iterable[Need]:
    """Replacing a claim of another year gives that year's sums back."""
    original = view.get(CLAIMS, cmd.original_claim) if cmd.original_claim else None
    if original is not None:
        claim = original.claim
        yield ACCUMULATORS, (claim.submission.member_id, claim.service_from.year)


def submit_claim(cmd: Submission, view: View, ctx: Context) -> Decision:
    original = view.get(CLAIMS, cmd.original_claim) if cmd.original_claim else None
    facts = _facts(cmd, view, ctx, original.claim if original else None)
    rejected = view.get(CLAIMS, cmd.resubmission_of) if cmd.resubmission_of else None
    if rejected is not None:
        facts = facts._replace(rejected=rejected.claim)
    return _decision(submit.submit(cmd, facts, ctx), view, ctx)


def claim_needs(
    cmd: SubmitRecords | ReadjudicateClaim | ApplyReleasedDocument, _: Context
) -> Iterable[Need]:
    yield CLAIMS, cmd.claim_number
    yield CLAIM_RECORDS, cmd.claim_number


def claim_then(
    cmd: SubmitRecords | ReadjudicateClaim | ApplyReleasedDocument, view: View, ctx: Context
) -> Iterable[Need]:
    """A known claim is decided with the same facts as a new one."""
    stored = view.get(CLAIMS, cmd.claim_number)
    return () if stored is None else submit_needs(stored.claim.submission, ctx)


def submit_records(cmd: SubmitRecords, view: View, ctx: Context) -> Decision:
    claim, facts = _known(cmd.claim_number, view, ctx)
    return _decision(records.submit_records(cmd, claim, facts, ctx), view, ctx)


def apply_released(cmd: ApplyReleasedDocument, view: View, ctx: Context) -> Decision:
    claim, facts = _known(cmd.claim_number, view, ctx)
    return _decision(records.apply_released_document(cmd, claim, facts, ctx), view, ctx)


def readjudicate_claim(cmd: ReadjudicateClaim, view: View, ctx: Context) -> Decision:
    claim, facts = _known(cmd.claim_number, view, ctx)
    return _decision(readjudicate.readjudicate(cmd, claim, facts, ctx), view, ctx)


def cob_changed(event: CobChanged, view: View, ctx: Context) -> Decision:
    """Keep the change, and look at the member's claims when their turn has come (CB-04, CB-05)."""
    return Decision(
        saves=(Save(COB_CHANGES, event.change_id, event),),
        reviews=(ReviewCobChange(member_id=event.member_id, change_id=event.change_id),),
    )


def review_needs(cmd: ReviewCobChange, ctx: Context) -> Iterable[Need]:
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
    return _decision(outcome, view, ctx)._replace(commands=(), bulk=outcome.commands)


def _since(cmd: ReviewCobChange | ReviewMemberRecord, ctx: Context) -> tuple[str, date]:
    """The member, and the first day on which we still look at a claim again."""
    today = ctx.settings.calendar.day_of(ctx.now)
    return cmd.member_id, cob_review.looks_back_to(today)


def _as_it_is_now(claim: ReviewedClaim, view: View) -> ReviewedClaim:
    """An earlier message of the same batch may have decided it anew."""
    changed = view.get(CLAIMS, claim.number) if view.knows(CLAIMS, claim.number) else None
    return claim if changed is None else ReviewedClaim.of(changed.claim)


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


def member_claims_needs(cmd: ReviewMemberRecord, ctx: Context) -> Iterable[Need]:
    yield MEMBER_CLAIMS, _since(cmd, ctx)
    yield MEMBER_RECORDS, cmd.member_id


def member_claims_then(cmd: ReviewMemberRecord, view: View, ctx: Context) -> Iterable[Need]:
    for number in view.get(MEMBER_CLAIMS, _since(cmd, ctx)) or ():
        yield CLAIMS, number


def review_member_record(cmd: ReviewMemberRecord, view: View, ctx: Context) -> Decision:
    known = view.get(MEMBER_RECORDS, cmd.member_id) or ()
    facts = Facts(_rules(ctx), records=known, calendar=ctx.settings.calendar)
    claims = _member_claims(cmd, view, ctx)
    return _decision(records.review_member_record(cmd, claims, facts), view, ctx)


def _member_claims(cmd: ReviewMemberRecord, view: View, ctx: Context) -> list[Claim]:
    """The member's claims of the last two years, oldest first."""
    numbers = view.get(MEMBER_CLAIMS, _since(cmd, ctx)) or ()
    stored = (view.get(CLAIMS, number) for number in numbers)
    return [s.claim for s in stored if s is not None]


def _known(number: str, view: View, ctx: Context) -> tuple[Claim | None, Facts]:
    """A claim on file with all that deciding about it looks at."""
    stored = view.get(CLAIMS, number)
    if stored is None:
        return None, Facts(_rules(ctx))
    return stored.claim, _facts(stored.claim.submission, view, ctx, number=number)


def _rules(ctx: Context) -> RuleBook:
    """The plan's rule sets, as they are known today."""
    settings: ClaimsSettings = ctx.settings
    return settings.rule_book.known_on(settings.calendar.day_of(ctx.now))


def _facts(
    submission: Submission,
    view: View,
    ctx: Context,
    original: Claim | None = None,
    number: str | None = None,
) -> Facts:
    member_id, first = submission.member_id, service_dates(submission)[0]
    years = {first.year}
    if original is not None:
        years.add(original.service_from.year)
    sums = [view.get(ACCUMULATORS, (member_id, year)) for year in years]
    known = view.get(MEMBER_RECORDS, member_id) or ()
    if number is not None:
        known += view.get(CLAIM_RECORDS, number) or ()
    billing = submission.billing
    return Facts(
        rules=_rules(ctx),
        member=view.get(MEMBERS, member_id),
        billing=view.get(PROVIDERS, provider_key(billing.npi, billing.tin)),
        accumulators=tuple([a for a in sums if a is not None]),
        siblings=view.get(SIBLINGS, (member_id, first)) or (),
        records=known,
        original=original,
        calendar=ctx.settings.calendar,
    )


def _decision(outcome: Outcome, view: View, ctx: Context) -> Decision:
    """The domain's outcome with the tables it is saved to."""
    saves: list[Save[Any, Any]] = []
    siblings: dict[tuple[str, date], tuple[SiblingClaim, ...]] = {}
    for claim in outcome.claims:
        saves.append(Save(CLAIMS, claim.number, _stored(claim, outcome, view, ctx)))
        key = (claim.submission.member_id, claim.service_from)
        if view.knows(SIBLINGS, key):
            known = siblings.get(key, view.get(SIBLINGS, key) or ())
            others = [s for s in known if s.number != claim.number]
            siblings[key] = (*others, sibling_of(claim))
    saves += [Save(SIBLINGS, key, family) for key, family in siblings.items()]
    saves += [Save(ACCUMULATORS, (a.member_id, a.year), a) for a in outcome.accumulators]
    return Decision(outcome.reply, outcome.events, outcome.commands, tuple(saves))


POSTING = (ClaimAdjudicated, ClaimClosed)


def _stored(claim: Claim, outcome: Outcome, view: View, ctx: Context) -> StoredClaim:
    before = view.get(CLAIMS, claim.number) if view.knows(CLAIMS, claim.number) else None
    postings = tuple(
        [
            posting
            for event in outcome.events
            if isinstance(event, POSTING) and event.claim_number == claim.number
            for posting in event.postings
        ]
    )
    if before is None:
        return StoredClaim(claim, ctx.raw, ctx.now, postings)
    # What an earlier message of the batch posted is not in the database yet either.
    return StoredClaim(
        claim, before.raw, ctx.now, (*before.postings, *postings), before.loaded_version
    )


ROUTES = Routes(
    on(
        SubmitProfessionalClaim,
        decide=submit_claim,
        needs=submit_needs,
        then=submit_then,
        check=check_professional,
    ),
    on(
        SubmitInstitutionalClaim,
        decide=submit_claim,
        needs=submit_needs,
        then=submit_then,
        check=check_institutional,
    ),
    on(SubmitRecords, decide=submit_records, needs=claim_needs, then=claim_then),
    on(ReadjudicateClaim, decide=readjudicate_claim, needs=claim_needs, then=claim_then),
    on(ApplyReleasedDocument, decide=apply_released, needs=claim_needs, then=claim_then),
    on(ReviewCobChange, decide=review_cob_change, needs=review_needs),
    on(
        ReviewMemberRecord,
        decide=review_member_record,
        needs=member_claims_needs,
        then=member_claims_then,
    ),
    keep(MemberChanged, MEMBERS, by="member_id"),
    keep(ProviderChanged, PROVIDERS, by=lambda e: provider_key(e.npi, e.tin)),
    on(CobChanged, decide=cob_changed),
    on(DocumentReleased, decide=document_released, needs=document_needs),
    ask(SearchClaims, answer=queries.search_claims),
    ask(GetClaim, answer=queries.get_claim),
)
