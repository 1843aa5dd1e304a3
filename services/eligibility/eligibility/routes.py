"""Table of contents of the eligibility service: what it takes, what each needs, who decides."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from eligibility import queries
from eligibility.domain import cob, coverage, enroll
from eligibility.domain.member import Member, Outcome
from eligibility.facts import RELATIONS, Relation, relation_key, tin_of
from eligibility.store import MEMBERS
from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.eligibility import commands as m
from portal_contracts.eligibility import queries as q
from portal_runtime.domain.decision import NOTHING, Context, Decision, Save
from portal_runtime.routes import Need, Route, Routes, ask, on
from portal_runtime.tables import View

C = TypeVar("C", bound=m.AboutMember)
Decide = Callable[[C, Member | None, Context], Outcome]
DecideCob = Callable[[C, Member | None, tuple[str, ...], Context], Outcome]
Related = ClaimAdjudicated | AuthorizationChanged


def _needs_member(command: m.AboutMember, _: Context) -> Iterable[Need]:
    yield MEMBERS, command.member_id


def _feed(command: type[C], decide: Decide[C]) -> Route:
    """What the plan says of a member."""

    def run(command: C, view: View, ctx: Context) -> Decision:
        outcome = decide(command, view.get(MEMBERS, command.member_id), ctx)
        return _with(outcome.decision, *_saves(outcome))

    return on(command, decide=run, needs=_needs_member)


def _cob(command: type[C], decide: DecideCob[C]) -> Route:
    """A command about a member's other insurance, from someone who has to do with the member.

    A refusal shows what is on file too, so every such command is a look at the member.
    """

    def run(command: C, view: View, ctx: Context) -> Decision:
        member = view.get(MEMBERS, command.member_id)
        related = tuple(
            tin
            for tin in sorted(ctx.scope.tins)
            if view.get(RELATIONS, relation_key(command.member_id, tin)) is not None
        )
        outcome = decide(command, member, related, ctx)
        seen = () if member is None else (member.member_id,)
        return _with(outcome.decision._replace(looked_at=seen), *_saves(outcome))

    return on(command, decide=run, needs=_needs_member_and_relations)


def _needs_member_and_relations(command: m.AboutMember, ctx: Context) -> Iterable[Need]:
    yield MEMBERS, command.member_id
    for tin in ctx.scope.tins:
        yield RELATIONS, relation_key(command.member_id, tin)


def _needs_relation(event: Related, _: Context) -> Iterable[Need]:
    yield RELATIONS, relation_key(event.member_id, tin_of(event))


def _related(event: Related, view: View, _: Context) -> Decision:
    """Once is enough: that they had to do with each other does not end."""
    key = relation_key(event.member_id, tin_of(event))
    if view.get(RELATIONS, key) is not None:
        return NOTHING
    relation = Relation(member_id=event.member_id, tin=tin_of(event))
    return Decision(saves=(Save(RELATIONS, key, relation),))


def _saves(outcome: Outcome) -> Iterable[Save[str, Member]]:
    if outcome.member is not None:
        yield Save(MEMBERS, outcome.member.member_id, outcome.member)


def _with(decision: Decision, *saves: Save[Any, Any]) -> Decision:
    return decision._replace(saves=saves)


ROUTES = Routes(
    _feed(m.EnrollMember, enroll.enroll),
    _feed(m.ChangeCoverage, coverage.change),
    _cob(m.AddCob, cob.add),
    _cob(m.EditCob, cob.edit),
    on(ClaimAdjudicated, decide=_related, needs=_needs_relation),
    on(AuthorizationChanged, decide=_related, needs=_needs_relation),
    ask(q.CheckEligibility, answer=queries.check_eligibility),
    ask(q.FindMembers, answer=queries.find_members),
    ask(q.GetMember, answer=queries.get_member),
)
