"""Table of contents of disputes and appeals: what it takes, what each needs, who decides."""

from collections.abc import Iterable
from typing import Any

from appeals import queries
from appeals.domain import claim as claims
from appeals.domain import decide, submit
from appeals.domain.claim import KnownClaim
from appeals.domain.outcome import Outcome
from appeals.domain.submit import OpenCases
from appeals.facts import CLAIMS, COVERAGE
from appeals.store import CASES, OPEN_CASES
from portal_contracts.appeals import commands as m
from portal_contracts.appeals import queries as q
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed, ClaimRejectedEvent
from portal_contracts.eligibility.events import MemberChanged
from portal_runtime.domain.decision import NOTHING, Context, Decision, Save
from portal_runtime.routes import Need, Routes, ask, on
from portal_runtime.tables import View

ClaimEvent = ClaimAdjudicated | ClaimClosed | ClaimRejectedEvent

# -- submitting -------------------------------------------------------------------------------


def _needs_claim(command: m.AboutClaim, _: Context) -> Iterable[Need]:
    yield CLAIMS, command.claim_number
    yield OPEN_CASES, command.claim_number


def _then_coverage(command: m.AboutClaim, view: View, _: Context) -> Iterable[Need]:
    claim = view.get(CLAIMS, command.claim_number)
    if claim is not None:
        yield COVERAGE, claim.member_id


def _known(command: m.AboutClaim, view: View) -> submit.Known:
    claim = view.get(CLAIMS, command.claim_number)
    coverage = view.get(COVERAGE, claim.member_id) if claim is not None else None
    return submit.Known(claim, view.get(OPEN_CASES, command.claim_number) or {}, coverage)


def _dispute(command: m.SubmitDispute, view: View, ctx: Context) -> Decision:
    return _decision(submit.dispute(command, _known(command, view), ctx), view)


def _appeal(command: m.SubmitAppeal, view: View, ctx: Context) -> Decision:
    return _decision(submit.appeal(command, _known(command, view), ctx), view)


# -- deciding ---------------------------------------------------------------------------------


def _needs_case(command: m.AboutCase, _: Context) -> Iterable[Need]:
    yield CASES, command.case_number


def _then_claim(command: m.AboutCase, view: View, _: Context) -> Iterable[Need]:
    case = view.get(CASES, command.case_number)
    if case is not None:
        yield CLAIMS, case.claim_number
        yield OPEN_CASES, case.claim_number


def _decide(command: m.DecideCase, view: View, ctx: Context) -> Decision:
    case = view.get(CASES, command.case_number)
    claim = view.get(CLAIMS, case.claim_number) if case is not None else None
    return _decision(decide.decide(command, case, claim, ctx), view)


def _link(command: m.LinkOutcome, view: View, ctx: Context) -> Decision:
    return _decision(decide.link(command, view.get(CASES, command.case_number), ctx), view)


def _decision(outcome: Outcome, view: View) -> Decision:
    """The decision with the states it leaves."""
    case = outcome.case
    if case is None:
        return outcome.decision
    known: OpenCases = view.get(OPEN_CASES, case.claim_number) or {}
    open_cases = dict(known)
    if case.status == "open":
        open_cases[case.kind] = case.number
    elif open_cases.get(case.kind) == case.number:  # a later one of its kind may be open by now
        del open_cases[case.kind]
    # So that a later message of the same batch knows what is open; the rows are those of CASES.
    saves = (Save(CASES, case.number, case), Save(OPEN_CASES, case.claim_number, open_cases))
    return outcome.decision._replace(saves=saves)


# -- what other services announce -------------------------------------------------------------


def _needs_known_claim(event: ClaimEvent, _: Context) -> Iterable[Need]:
    yield CLAIMS, event.claim_number


def _adjudicated(event: ClaimAdjudicated, view: View, ctx: Context) -> Decision:
    link = decide.outcome_link(event, ctx)
    kept = _keep(claims.adjudicated(event, ctx.sent_at), view)
    return kept._replace(commands=(link,) if link is not None else ())


def _closed(event: ClaimClosed, view: View, _: Context) -> Decision:
    return _keep(claims.closed(event, view.get(CLAIMS, event.claim_number)), view)


def _rejected(event: ClaimRejectedEvent, view: View, _: Context) -> Decision:
    return _keep(claims.rejected(event), view)


def _keep(claim: KnownClaim, view: View) -> Decision:
    known = view.get(CLAIMS, claim.claim_number)
    if known is not None and known.version >= claim.version:
        return NOTHING
    return Decision(saves=(Save(CLAIMS, claim.claim_number, claim),))


def _needs_coverage(event: MemberChanged, _: Context) -> Iterable[Need]:
    yield COVERAGE, event.member_id


def _member(event: MemberChanged, view: View, _: Context) -> Decision:
    known = view.get(COVERAGE, event.member_id)
    if known is not None and known.version >= event.version:
        return NOTHING
    saves: tuple[Save[Any, Any], ...] = (
        Save(COVERAGE, event.member_id, claims.coverage_of(event)),
    )
    return Decision(saves=saves)


ROUTES = Routes(
    on(m.SubmitDispute, decide=_dispute, needs=_needs_claim, then=_then_coverage),
    on(m.SubmitAppeal, decide=_appeal, needs=_needs_claim, then=_then_coverage),
    on(m.DecideCase, decide=_decide, needs=_needs_case, then=_then_claim),
    on(m.LinkOutcome, decide=_link, needs=_needs_case, then=_then_claim),
    on(ClaimAdjudicated, decide=_adjudicated, needs=_needs_known_claim),
    on(ClaimClosed, decide=_closed, needs=_needs_known_claim),
    on(ClaimRejectedEvent, decide=_rejected, needs=_needs_known_claim),
    on(MemberChanged, decide=_member, needs=_needs_coverage),
    ask(q.GetCase, answer=queries.get_case),
    ask(q.SearchCases, answer=queries.search_cases),
)
