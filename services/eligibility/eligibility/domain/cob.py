"""Coordination of benefits: another insurance is added or edited (CB-02, CB-03)."""

from eligibility.domain.cob_rules import check, fit_problems
from eligibility.domain.member import Member, evolve
from portal_contracts.common import Problem
from portal_contracts.eligibility import problems as p
from portal_contracts.eligibility.commands import AddCob, CobContent, EditCob
from portal_contracts.eligibility.events import CobChanged
from portal_contracts.eligibility.parts import CobPolicy
from portal_contracts.eligibility.replies import CobAdded, CobEdited, CobOnFile, CobStale
from portal_contracts.ids import bucket, make_reference
from portal_contracts.problems.common import MEMBER_NOT_FOUND
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.outcome import Outcome, refused

Related = tuple[str, ...]
"""Those of the asker's Tax IDs that have to do with the member."""


def add(command: AddCob, member: Member | None, related: Related, ctx: Context) -> Outcome[Member]:
    """A new policy, with an id made from the command's: deciding again makes the same one."""
    if member is None:
        return refused(MEMBER_NOT_FOUND(), *check(command))
    if not (ctx.scope.everything or related):
        return refused(p.NO_RELATION())
    wanted = _policy(command, make_reference("COB", bucket(command.member_id), ctx.message_id))
    if problems := _problems(command, wanted, member):
        return refused(*problems)
    return _changed(CobAdded, command, member, None, wanted, related, ctx)


def edit(
    command: EditCob, member: Member | None, related: Related, ctx: Context
) -> Outcome[Member]:
    """Replace a policy that is still as the editor saw it; what was there becomes history."""
    if member is None:
        return refused(MEMBER_NOT_FOUND(), *check(command))
    if not (ctx.scope.everything or related):
        return refused(p.NO_RELATION())
    on_file = member.policy(command.policy_id)
    if on_file is None:
        return refused(p.POLICY_NOT_FOUND(), *check(command))
    wanted = _policy(command, command.policy_id)
    if wanted == on_file.policy:
        return Outcome(Decision(reply=like(CobEdited, command, version=on_file.version)))
    if command.expected_version != on_file.version:
        return Outcome(Decision(reply=_stale(command, on_file, wanted)))
    if problems := _problems(command, wanted, member):
        return refused(*problems)
    return _changed(CobEdited, command, member, on_file.policy, wanted, related, ctx)


def _problems(command: CobContent, wanted: CobPolicy, member: Member) -> list[Problem]:
    others = [policy for policy in member.cob if policy.policy_id != wanted.policy_id]
    return [*check(command), *fit_problems(wanted, others)]


def _policy(command: CobContent, policy_id: str) -> CobPolicy:
    group_number = command.group_number or None
    return like(CobPolicy, command, policy_id=policy_id, group_number=group_number)


def _changed(
    reply: type[CobAdded | CobEdited],
    command: CobContent,
    member: Member,
    before: CobPolicy | None,
    after: CobPolicy,
    related: Related,
    ctx: Context,
) -> Outcome[Member]:
    """The snapshot goes first: whoever receives the change already has the member after it."""
    change = like(
        CobChanged,
        command,
        change_id=make_reference("CBC", bucket(member.member_id), ctx.message_id),
        version=member.version + 1,
        before=before,
        after=after,
        tins=() if ctx.scope.everything else related,
    )
    changed = evolve(member, change, ctx.now)
    answer = like(reply, change, policy_id=after.policy_id)
    return Outcome(Decision(reply=answer, events=(changed.announced(), change)), changed)


def _stale(command: EditCob, on_file: CobOnFile, wanted: CobPolicy) -> CobStale:
    now, theirs = on_file.policy.model_dump(), wanted.model_dump()
    return CobStale(
        problems=(p.CHANGED_MEANWHILE(), *check(command)),
        member_id=command.member_id,
        current=on_file.policy,
        version=on_file.version,
        changed_at=on_file.since,
        differs=tuple(name for name in now if now[name] != theirs[name]),
    )
