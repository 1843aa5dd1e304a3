"""Table of contents of the eligibility service: what it takes, what each needs, who decides."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from eligibility import queries
from eligibility.domain import cob, coverage, enrol
from eligibility.domain.member import Member, Outcome
from eligibility.store import MEMBERS
from portal_contracts.common import Role
from portal_contracts.eligibility import commands as m
from portal_contracts.eligibility import queries as q
from portal_runtime.decision import Context, Decision, Save
from portal_runtime.routes import Need, Route, Routes, ask, on
from portal_runtime.tables import View

C = TypeVar("C", bound=m.AboutMember)
FEED: tuple[Role, ...] = ("plan_feed",)
COB_EDITORS: tuple[Role, ...] = ("provider", "plan_staff", "plan_feed")


def _needs_member(command: m.AboutMember, _: Context) -> Iterable[Need]:
    yield MEMBERS, command.member_id


def _about_member(
    command: type[C], decide: Callable[[C, Member | None, Context], Outcome], roles: Iterable[Role]
) -> Route:
    """Every command here is about one member and leaves that member."""

    def run(command: C, view: View, ctx: Context) -> Decision:
        outcome = decide(command, view.get(MEMBERS, command.member_id), ctx)
        if outcome.member is None:
            return outcome.decision
        save = Save(MEMBERS, command.member_id, outcome.member)
        return replace(outcome.decision, saves=(save,))

    return on(command, decide=run, needs=_needs_member, roles=roles)


ROUTES = Routes(
    _about_member(m.EnrolMember, enrol.enrol, FEED),
    _about_member(m.ChangeCoverage, coverage.change, FEED),
    _about_member(m.AddCob, cob.add, COB_EDITORS),
    _about_member(m.EditCob, cob.edit, COB_EDITORS),
    ask(q.CheckEligibility, answer=queries.check_eligibility),
    ask(q.FindMembers, answer=queries.find_members),
    ask(q.GetMember, answer=queries.get_member),
)
