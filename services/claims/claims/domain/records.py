"""CL-12 Medical records for a claim denied for missing records, and what their release does."""

from collections.abc import Iterable
from typing import assert_never

from claims.domain import history
from claims.domain.facts import Facts
from claims.domain.outcome import Outcome, refused, unknown_claim
from claims.domain.readjudicate import again
from claims.domain.rules.edits.records import serves_later
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
from portal_contracts.claims.commands import (
    ApplyReleasedDocument,
    ReadjudicateClaim,
    ReviewMemberRecord,
    SubmitRecords,
)
from portal_contracts.claims.outcome import Verdict
from portal_contracts.claims.problems import claim as p
from portal_contracts.claims.replies import RecordsReceived
from portal_contracts.problems.common import CLAIM_REJECTED, CLAIM_REPLACED, CLAIM_VOIDED
from portal_runtime.domain.decision import Context

RECORD_CARCS = frozenset({"226", "252"})
RECORD_RARCS = frozenset({"M127", "N706", "N729"})


def submit_records(cmd: SubmitRecords, claim: Claim | None, facts: Facts, ctx: Context) -> Outcome:
    """Note the records; another's document is waited for like one that does not exist.

    When one is released already, the claim is re-adjudicated by a command of its own.
    """
    if claim is None or not ctx.scope.includes(claim.submission.billing.tin):
        return unknown_claim()
    if not lacks_records(claim):
        return _elsewhere(claim)
    released = _released(claim, facts)
    noted = claim._replace(
        version=claim.version + 1,
        documents=_joined(claim.documents, cmd.documents),
        released=_joined(claim.released, (d for d in cmd.documents if d in released)),
    )
    waiting = tuple(d for d in cmd.documents if d not in noted.released)
    again_at_once = ReadjudicateClaim(
        claim_number=claim.number, cause="records_released", reference=cmd.documents[-1]
    )
    return Outcome(
        reply=RecordsReceived(claim_number=claim.number, waiting_for=waiting),
        claims=(noted,),
        commands=(again_at_once,) if len(waiting) < len(cmd.documents) else (),
        history=(history.records_received(noted, cmd.documents),),
    )


def apply_released_document(
    cmd: ApplyReleasedDocument, claim: Claim | None, facts: Facts, _: Context
) -> Outcome:
    """A document has been released: a claim that names it and lacks records is adjudicated again.

    It does not wait for others: an upload that never arrives must not hold the claim forever.
    Documents that nobody named for the claim, those of another Tax ID, and a second notice of the
    same release do nothing.
    """
    document = cmd.document_id
    if claim is None or document not in claim.documents or document in claim.released:
        return Outcome()
    if document not in _released(claim, facts):
        return Outcome()
    noted = claim._replace(released=(*claim.released, document))
    if not lacks_records(claim):
        noted = noted._replace(version=claim.version + 1)
        return Outcome(claims=(noted,), history=(history.record_released(noted, document),))
    return again(noted, facts, "records_released", document)._replace(reply=None)


def review_member_record(cmd: ReviewMemberRecord, claims: Iterable[Claim], facts: Facts) -> Outcome:
    """A document of the member was released: each claim that names it takes note (CL-20).

    Named by none, it serves claims received on the day of its receipt or later (CL-15). One that
    came while the record waited for its release was denied meanwhile, and is adjudicated again.
    """
    orders = (_on_release(cmd.document_id, claim, facts) for claim in claims)
    return Outcome(commands=tuple(order for order in orders if order is not None))


def _on_release(
    document: str, claim: Claim, facts: Facts
) -> ApplyReleasedDocument | ReadjudicateClaim | None:
    if document in claim.documents:
        return ApplyReleasedDocument(claim_number=claim.number, document_id=document)
    received_on = facts.calendar.day_of(claim.received_at)
    records = facts.records_for(claim.submission.billing.tin)
    serves = any(
        serves_later(record, claim.service_from, claim.service_to, received_on)
        for record in records
        if record.document_id == document
    )
    if not serves or not lacks_records(claim):
        return None
    return ReadjudicateClaim(
        claim_number=claim.number, cause="records_released", reference=document
    )


def _released(claim: Claim, facts: Facts) -> frozenset[str]:
    """Documents that may serve as records of the claim: sent by its own Tax ID, or by the plan."""
    return frozenset(r.document_id for r in facts.records_for(claim.submission.billing.tin))


def lacks_records(claim: Claim) -> bool:
    """Whether a line of the claim is denied for missing records."""
    if not isinstance(claim.state, Adjudicated):
        return False
    return any(
        a.carc in RECORD_CARCS or not RECORD_RARCS.isdisjoint(a.rarcs)
        for line in claim.state.outcome.lines
        for a in line.adjustments
    )


def _elsewhere(claim: Claim) -> Outcome:
    """Where to go instead: records help only where records are missing."""
    match claim.state:
        case Adjudicated(outcome):
            return _other_reason(claim, outcome.status)
        case Rejected():
            return refused(CLAIM_REJECTED(door=claim.submission.TYPE))
        case Replaced(by):
            return refused(CLAIM_REPLACED(newer=by, door=SubmitRecords.TYPE))
        case Voided() | Void():
            return refused(CLAIM_VOIDED(door=claim.submission.TYPE))
        case Received() | Pended():
            return refused(p.CLAIM_NOT_DECIDED(door=SubmitRecords.TYPE))
        case _:
            assert_never(claim.state)


def _other_reason(claim: Claim, verdict: Verdict) -> Outcome:
    """It is paid, or denied for something that records do not correct."""
    carcs = claim.carcs()
    if verdict == "denied" and "22" in carcs:
        return refused(p.OTHER_PAYER_FIRST())
    if verdict == "denied" and carcs & {"5", "6", "7", "96", "97", "239"}:
        return refused(p.CORRECTION_INSTEAD(door=claim.submission.TYPE))
    return refused(p.DISPUTE_INSTEAD())


def _joined(known: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *more)))
