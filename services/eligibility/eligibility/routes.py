"""Table of contents of the eligibility service: what it takes, what each needs, who decides."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from eligibility import queries
from eligibility.domain import cob, cob_rules, coverage, enroll
from eligibility.domain.member import Member
from eligibility.facts import RELATIONS, related_by, relation, relation_key
from eligibility.store import MEMBERS
from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.eligibility import commands as m
from portal_contracts.eligibility import queries as q
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.outcome import Outcome
from portal_runtime.routes import Need, Route, Routes, about, ask, keep, on, saving
from portal_runtime.tables import View

C = TypeVar("C", bound=m.CobContent)


def _cob(
    type: type[C], decide: Callable[[C, Member | None, cob.Related, Context], Outcome[Member]]
) -> Route:
    """A command about a member's other insurance, from someone who has to do with the member.

    A refusal shows what is on file too, so every such command is a look at the member.
    """

    def needs(command: C, ctx: Context) -> Iterable[Need]:
        yield MEMBERS, command.member_id
        for tin in ctx.scope.tins:
            yield RELATIONS, relation_key(command.member_id, tin)

    def run(command: C, view: View, ctx: Context) -> Decision:
        member = view.get(MEMBERS, command.member_id)
        related = tuple(
            tin
            for tin in sorted(ctx.scope.tins)
            if view.get(RELATIONS, relation_key(command.member_id, tin)) is not None
        )
        decision = saving(MEMBERS, decide(command, member, related, ctx))
        return decision._replace(looked_at=() if member is None else (member.member_id,))

    return on(type, decide=run, needs=needs, check=cob_rules.check)


ROUTES = Routes(
    about(m.EnrollMember, enroll.enroll, look=MEMBERS, by="member_id", check=enroll.check),
    about(m.ChangeCoverage, coverage.change, look=MEMBERS, by="member_id", check=coverage.check),
    _cob(m.AddCob, cob.add),
    _cob(m.EditCob, cob.edit),
    keep(ClaimAdjudicated, RELATIONS, by=related_by, make=relation),
    keep(AuthorizationChanged, RELATIONS, by=related_by, make=relation),
    ask(q.CheckEligibility, answer=queries.check_eligibility),
    ask(q.FindMembers, answer=queries.find_members),
    ask(q.GetMember, answer=queries.get_member),
)
