"""Table of contents of the eligibility service: what it takes, what each needs, who decides."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

from eligibility import queries
from eligibility.domain import cob, coverage, enrol
from eligibility.domain.member import Member, Outcome
from eligibility.store import LOOKS, MEMBERS
from portal_contracts.common import Role
from portal_contracts.eligibility import commands as m
from portal_contracts.eligibility import queries as q
from portal_runtime.accesslog import Look
from portal_runtime.decision import Context, Decision, Save
from portal_runtime.routes import Need, Route, Routes, ask, on
from portal_runtime.tables import View

C = TypeVar("C", bound=m.AboutMember)
Decide = Callable[[C, Member | None, Context], Outcome]
FEED: tuple[Role, ...] = ("plan_feed",)
COB_EDITORS: tuple[Role, ...] = ("provider", "plan_staff", "plan_feed")


def _needs_member(command: m.AboutMember, _: Context) -> Iterable[Need]:
    yield MEMBERS, command.member_id


def _feed(command: type[C], decide: Decide[C]) -> Route:
    """What the plan says of a member."""

    def run(command: C, view: View, ctx: Context) -> Decision:
        outcome = decide(command, view.get(MEMBERS, command.member_id), ctx)
        return _with(outcome.decision, *_saves(outcome))

    return on(command, decide=run, needs=_needs_member, roles=FEED)


def _cob(command: type[C], decide: Decide[C], purpose: str) -> Route:
    """What anybody may say of a member's other insurance. Also a refusal shows what is on file, so
    that every such command is a look at the member."""

    def run(command: C, view: View, ctx: Context) -> Decision:
        member = view.get(MEMBERS, command.member_id)
        outcome = decide(command, member, ctx)
        looks = () if member is None else (_look(member, purpose, ctx),)
        return _with(outcome.decision, *_saves(outcome), *looks)

    return on(command, decide=run, needs=_needs_member, roles=COB_EDITORS)


def _saves(outcome: Outcome) -> Iterable[Save[str, Member]]:
    if outcome.member is not None:
        yield Save(MEMBERS, outcome.member.member_id, outcome.member)


def _look(member: Member, purpose: str, ctx: Context) -> Save[UUID, Look]:
    who = ctx.principal
    look = Look(ctx.now, who.subject, who.role, member.member_id, purpose, ctx.message_id)
    return Save(LOOKS, ctx.message_id, look)


def _with(decision: Decision, *saves: Save[Any, Any]) -> Decision:
    return decision._replace(saves=saves)


READERS: frozenset[Role] = frozenset({"provider", "plan_staff", "plan_feed"})
"""Whoever repairs services (role operator) needs to see nobody's data."""

ROUTES = Routes(
    _feed(m.EnrolMember, enrol.enrol),
    _feed(m.ChangeCoverage, coverage.change),
    _cob(m.AddCob, cob.add, "add cob"),
    _cob(m.EditCob, cob.edit, "edit cob"),
    ask(q.CheckEligibility, answer=queries.check_eligibility, roles=READERS),
    ask(q.FindMembers, answer=queries.find_members, roles=READERS),
    ask(q.GetMember, answer=queries.get_member, roles=READERS),
)
