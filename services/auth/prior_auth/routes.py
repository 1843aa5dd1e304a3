"""Table of contents of prior authorization: what it takes, what each needs, who decides."""

from collections.abc import Iterable

from portal_contracts.auth import commands as m
from portal_contracts.auth import queries as q
from portal_contracts.eligibility.events import MemberChanged
from portal_runtime.domain.decision import Context, Decision, Save
from portal_runtime.routes import Need, Routes, ask, keep, on
from portal_runtime.tables import View
from prior_auth import queries
from prior_auth.domain import request, review
from prior_auth.domain.outcome import Outcome
from prior_auth.facts import MEMBERS
from prior_auth.store import AUTHORIZATIONS


def _needs_member(command: m.RequestAuthorization, _: Context) -> Iterable[Need]:
    yield MEMBERS, command.member_id


def _request(command: m.RequestAuthorization, view: View, ctx: Context) -> Decision:
    return _decision(request.request(command, view.get(MEMBERS, command.member_id), ctx))


def _needs_authorization(command: m.DecideLines, _: Context) -> Iterable[Need]:
    yield AUTHORIZATIONS, command.authorization_number


def _decide_lines(command: m.DecideLines, view: View, ctx: Context) -> Decision:
    known = view.get(AUTHORIZATIONS, command.authorization_number)
    return _decision(review.decide_lines(command, known, ctx))


def _decision(outcome: Outcome) -> Decision:
    """The decision with the state it leaves."""
    state = outcome.authorization
    if state is None:
        return outcome.decision
    return outcome.decision._replace(saves=(Save(AUTHORIZATIONS, state.number, state),))


ROUTES = Routes(
    on(m.RequestAuthorization, decide=_request, needs=_needs_member, check=request.check),
    on(m.DecideLines, decide=_decide_lines, needs=_needs_authorization),
    keep(MemberChanged, MEMBERS, key=lambda event: event.member_id),
    ask(q.SearchAuthorizations, answer=queries.search_authorizations),
    ask(q.GetAuthorization, answer=queries.get_authorization),
)
