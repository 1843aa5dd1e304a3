"""Submitting a dispute (DI-01 to DI-04) or an appeal (AP-01, AP-02)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from appeals.domain.case import PREFIXES, evolve
from appeals.domain.claim import KnownClaim, MemberCoverage
from appeals.domain.doors import chosen_door, found_door
from appeals.domain.outcome import Outcome, refused
from appeals.domain.terms import Terms, terms_of
from portal_contracts.appeals.commands import SubmitAppeal, SubmitDispute
from portal_contracts.appeals.events import CaseSubmitted
from portal_contracts.appeals.parts import AppealType, CaseKind, DisputeCategory
from portal_contracts.appeals.problems import ALREADY_OPEN, TOO_LATE
from portal_contracts.appeals.replies import CaseReceived
from portal_contracts.common import Problem
from portal_contracts.ids import bucket_of_reference, make_reference
from portal_contracts.problems.common import CLAIM_NOT_FOUND, CLAIM_REPLACED, CLAIM_VOIDED
from portal_runtime.domain.decision import Context, Decision

OpenCases = Mapping[CaseKind, str]
"""Numbers of a claim's open cases, at most one of each kind."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file about the claim."""

    claim: KnownClaim | None
    open: OpenCases
    coverage: MemberCoverage | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    """What the two forms have in common."""

    kind: CaseKind
    choice: str
    statement: str
    notes: str
    form: SubmitDispute | SubmitAppeal


def dispute(command: SubmitDispute, known: Known, ctx: Context) -> Outcome:
    """Take a dispute on file, or say why not and where to go instead."""
    request = _Request("dispute", command.category, command.statement, "", command)
    return _submit(request, known, ctx)


def appeal(command: SubmitAppeal, known: Known, ctx: Context) -> Outcome:
    """Take an appeal on file, or say why not and where to go instead."""
    request = _Request("appeal", command.appeal_type, command.reason, command.notes, command)
    return _submit(request, known, ctx)


def _submit(request: _Request, known: Known, ctx: Context) -> Outcome:
    terms, claim = terms_of(ctx), known.claim
    # First what the form itself says: a new or a dental claim is not on file at all.
    wrong = chosen_door(request.kind, request.choice, terms)
    if wrong is not None:
        return refused(wrong)
    if claim is None or not ctx.scope.includes(claim.billing_tin):
        # The same answer for unknown and not theirs: whose it is, is nobody else's business.
        return refused(CLAIM_NOT_FOUND())
    wrong = _closed(claim) or found_door(request.kind, request.choice, claim)
    if wrong is not None:
        return refused(wrong)
    deadline = _deadline(request, claim, known.coverage, terms)
    if terms.calendar.day_of(ctx.now) > deadline:
        return refused(TOO_LATE(kind=request.kind, last_day=deadline))
    if request.kind in known.open:
        return refused(ALREADY_OPEN(kind=request.kind, number=known.open[request.kind]))
    return _accepted(request, claim, deadline, ctx)


def _deadline(
    request: _Request, claim: KnownClaim, coverage: MemberCoverage | None, terms: Terms
) -> date:
    business = coverage.line_of_business(claim.service_from) if coverage else None
    days = terms.limits.days(request.kind, request.choice, business, claim.carcs())
    assert claim.adjudicated_at is not None  # neither rejected nor closed
    return terms.calendar.due_day(terms.calendar.day_of(claim.adjudicated_at), days)


def _accepted(request: _Request, claim: KnownClaim, deadline: date, ctx: Context) -> Outcome:
    form = request.form
    routing = bucket_of_reference(claim.claim_number)
    event = CaseSubmitted(
        case_number=make_reference(PREFIXES[request.kind], routing, ctx.message_id),
        version=1,
        kind=request.kind,
        claim_number=claim.claim_number,
        tin=claim.billing_tin,
        at=ctx.now,
        member_id=claim.member_id,
        # chosen_door has taken the other values out.
        category=cast(DisputeCategory | AppealType, request.choice),
        statement=request.statement,
        notes=request.notes,
        documents=form.documents,
        contact=form.contact.on_file(),
        adjudication=claim.adjudication,
        last_day=deadline,
    )
    case = evolve(None, event)
    reply = CaseReceived(
        case_number=case.number,
        kind=case.kind,
        claim_number=case.claim_number,
        received_at=case.received_at,
    )
    return Outcome(Decision(reply=reply, events=(event,)), case)


def _closed(claim: KnownClaim) -> Problem | None:
    match claim.status:
        case "replaced":
            assert claim.closed_by is not None
            return CLAIM_REPLACED(newer=claim.closed_by)
        case "voided":
            return CLAIM_VOIDED()
        case _:
            return None
