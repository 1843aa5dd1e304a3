"""Table of contents of disputes and appeals: what it takes, what each needs, who decides."""

from collections.abc import Iterable

from appeals import queries
from appeals.domain import claim as claims
from appeals.domain import decide, doors, submit
from appeals.domain.case import Case
from appeals.facts import CLAIMS, COVERAGE
from appeals.store import CASES, OPEN_CASES
from portal_contracts.appeals import commands as m
from portal_contracts.appeals import queries as q
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed, ClaimRejectedEvent
from portal_contracts.eligibility.events import MemberChanged
from portal_runtime.domain.decision import Context, Decision, Save
from portal_runtime.domain.outcome import Outcome
from portal_runtime.routes import Need, Route, Routes, ask, keep, on, saving
from portal_runtime.tables import View

# -- submitting -------------------------------------------------------------------------------


def _needs_claim(command: m.AboutClaim, _: Context) -> Iterable[Need]:
    yield CLAIMS, command.claim_number
    yield OPEN_CASES, command.claim_number


def _then_coverage(command: m.AboutClaim, view: View, _: Context) -> Iterable[Need]:
    claim = view.get(CLAIMS, command.claim_number)
    if claim is not None:
        yield COVERAGE, claim.member_id


def _submit(command: submit.Form, view: View, ctx: Context) -> Decision:
    claim = view.get(CLAIMS, command.claim_number)
    coverage = view.get(COVERAGE, claim.member_id) if claim is not None else None
    known = submit.Known(claim, view.get(OPEN_CASES, command.claim_number) or {}, coverage)
    return _saving(submit.submit(command, known, ctx), view)


def _submission(form: type[submit.Form]) -> Route:
    check = doors.check(form.KIND_OF_CASE)
    return on(form, decide=_submit, needs=_needs_claim, then=_then_coverage, check=check)


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
    return _saving(decide.decide(command, case, claim, ctx), view)


def _link(command: m.LinkOutcome, view: View, ctx: Context) -> Decision:
    return _saving(decide.link(command, view.get(CASES, command.case_number), ctx), view)


def _saving(outcome: Outcome[Case], view: View) -> Decision:
    """The decision with the case it leaves, and what is open then, for later messages of the batch:
    the rows are those of CASES."""
    decision, case = saving(CASES, outcome), outcome.state
    if case is None:
        return decision
    open_ = submit.open_after(view.get(OPEN_CASES, case.claim_number) or {}, case)
    return decision._replace(saves=(*decision.saves, Save(OPEN_CASES, case.claim_number, open_)))


ROUTES = Routes(
    _submission(m.SubmitDispute),
    _submission(m.SubmitAppeal),
    on(m.DecideCase, decide=_decide, needs=_needs_case, then=_then_claim, check=decide.check),
    on(m.LinkOutcome, decide=_link, needs=_needs_case, then=_then_claim),
    keep(
        ClaimAdjudicated,
        CLAIMS,
        by="claim_number",
        make=claims.adjudicated,
        orders=decide.outcome_link,
    ),
    keep(ClaimClosed, CLAIMS, by="claim_number", make=claims.closed),
    keep(ClaimRejectedEvent, CLAIMS, by="claim_number", make=claims.rejected),
    keep(MemberChanged, COVERAGE, by="member_id", make=claims.coverage_of),
    ask(q.GetCase, answer=queries.get_case),
    ask(q.SearchCases, answer=queries.search_cases),
)
