"""Submitting a dispute (DI-01 to DI-04) or an appeal (AP-01, AP-02)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from appeals.domain.case import PREFIXES, Case, evolve
from appeals.domain.claim import KnownClaim, MemberCoverage
from appeals.domain.doors import chosen_door, found_door
from appeals.domain.limits import Terms
from portal_contracts.appeals.commands import SubmitAppeal, SubmitDispute
from portal_contracts.appeals.events import CaseSubmitted
from portal_contracts.appeals.parts import CaseKind
from portal_contracts.appeals.problems import ALREADY_OPEN, TOO_LATE
from portal_contracts.appeals.replies import CaseReceived
from portal_contracts.common import Problem
from portal_contracts.ids import bucket_of_reference, make_reference
from portal_contracts.problems.common import CLAIM_NOT_FOUND, CLAIM_REPLACED, CLAIM_VOIDED
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.outcome import Outcome, refused

OpenCases = Mapping[CaseKind, str]
"""Numbers of a claim's open cases, at most one of each kind."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file about the claim."""

    claim: KnownClaim | None
    open: OpenCases
    coverage: MemberCoverage | None = None


Form = SubmitDispute | SubmitAppeal


def submit(form: Form, known: Known, ctx: Context) -> Outcome[Case]:
    """Take a dispute or an appeal on file, or say why not and where to go instead."""
    kind, claim = form.KIND_OF_CASE, known.claim
    terms: Terms = ctx.settings.terms
    # First what the form itself says: a new or a dental claim is not on file at all.
    wrong = chosen_door(kind, form.category, terms)
    if wrong is not None:
        return refused(wrong)
    if claim is None or not ctx.scope.includes(claim.billing_tin):
        # The same answer for unknown and not theirs: whose it is, is nobody else's business.
        return refused(CLAIM_NOT_FOUND())
    wrong = _closed(claim) or found_door(kind, form.category, claim)
    if wrong is not None:
        return refused(wrong)
    deadline = _deadline(form, claim, known.coverage, terms)
    problems = []
    if terms.calendar.day_of(ctx.now) > deadline:
        problems.append(TOO_LATE(kind=kind, last_day=deadline))
    if kind in known.open:
        problems.append(ALREADY_OPEN(kind=kind, number=known.open[kind]))
    if problems:
        return refused(*problems)
    return _accepted(form, claim, deadline, ctx)


def _deadline(form: Form, claim: KnownClaim, coverage: MemberCoverage | None, terms: Terms) -> date:
    business = coverage.line_of_business(claim.service_from) if coverage else None
    days = terms.limits.days(form.KIND_OF_CASE, form.category, business, claim.carcs())
    assert claim.adjudicated_at is not None  # neither rejected nor closed
    return terms.calendar.due_day(terms.calendar.day_of(claim.adjudicated_at), days)


def _accepted(form: Form, claim: KnownClaim, deadline: date, ctx: Context) -> Outcome[Case]:
    kind, routing = form.KIND_OF_CASE, bucket_of_reference(claim.claim_number)
    event = like(
        CaseSubmitted,
        form,
        case_number=make_reference(PREFIXES[kind], routing, ctx.message_id),
        version=1,
        kind=kind,
        tin=claim.billing_tin,
        at=ctx.now,
        member_id=claim.member_id,
        contact=form.contact.on_file(),
        adjudication=claim.adjudication,
        last_day=deadline,
    )
    case = evolve(None, event)
    return Outcome(Decision(reply=like(CaseReceived, case), events=(event,)), case)


def _closed(claim: KnownClaim) -> Problem | None:
    match claim.status:
        case "replaced":
            assert claim.closed_by is not None
            return CLAIM_REPLACED(newer=claim.closed_by)
        case "voided":
            return CLAIM_VOIDED()
        case _:
            return None


def open_after(before: OpenCases, case: Case) -> OpenCases:
    """What is open about the claim once the case stands so."""
    others = {kind: number for kind, number in before.items() if number != case.case_number}
    return {**others, case.kind: case.case_number} if case.status == "open" else others
