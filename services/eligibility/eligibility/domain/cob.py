"""Coordination of benefits: another insurance is added or edited (CB-02, CB-03)."""

from eligibility.domain.cob_rules import problems_of
from eligibility.domain.member import Member, Outcome, evolve, refused
from portal_contracts.eligibility import problems as p
from portal_contracts.eligibility.commands import AddCob, CobContent, EditCob
from portal_contracts.eligibility.events import CobChanged
from portal_contracts.eligibility.parts import CobPolicy
from portal_contracts.eligibility.replies import CobAdded, CobEdited, CobOnFile, CobStale
from portal_contracts.ids import bucket, make_reference
from portal_contracts.problems.common import MEMBER_NOT_FOUND
from portal_runtime.domain.decision import Context, Decision


def add(command: AddCob, member: Member | None, related: tuple[str, ...], ctx: Context) -> Outcome:
    """A new policy, with an id made from the command's: deciding again makes the same one.

    `related`: those of the asker's Tax IDs that have to do with the member.
    """
    if member is None:
        return refused(MEMBER_NOT_FOUND())
    if not (ctx.scope.everything or related):
        return refused(p.NO_RELATION())
    policy_id = make_reference("COB", bucket(command.member_id), ctx.message_id)
    wanted = _policy(command, policy_id)
    problems = problems_of(wanted, member.cob())
    if problems:
        return refused(*problems)
    change = _change(command, member, None, wanted, related, ctx)
    reply = CobAdded(
        member_id=member.member_id,
        policy_id=policy_id,
        version=change.version,
        change_id=change.change_id,
    )
    return _changed(member, change, reply, ctx)


def edit(
    command: EditCob, member: Member | None, related: tuple[str, ...], ctx: Context
) -> Outcome:
    """Replace a policy that is still as the editor saw it; what was there becomes history."""
    if member is None:
        return refused(MEMBER_NOT_FOUND())
    if not (ctx.scope.everything or related):
        return refused(p.NO_RELATION())
    on_file = member.policy(command.policy_id)
    if on_file is None:
        return refused(p.POLICY_NOT_FOUND())
    wanted = _policy(command, command.policy_id)
    if wanted == on_file.policy:
        reply = CobEdited(
            member_id=member.member_id, policy_id=command.policy_id, version=on_file.version
        )
        return Outcome(Decision(reply=reply))
    if command.expected_version != on_file.version:
        return Outcome(Decision(reply=_stale(member, on_file, wanted)))
    others = [policy for policy in member.cob() if policy.policy_id != command.policy_id]
    problems = problems_of(wanted, others)
    if problems:
        return refused(*problems)
    change = _change(command, member, on_file.policy, wanted, related, ctx)
    edited = CobEdited(
        member_id=member.member_id,
        policy_id=command.policy_id,
        version=change.version,
        change_id=change.change_id,
    )
    return _changed(member, change, edited, ctx)


def _policy(command: CobContent, policy_id: str) -> CobPolicy:
    return CobPolicy(
        policy_id=policy_id,
        carrier=command.carrier,
        policy_number=command.policy_number,
        group_number=command.group_number or None,
        holder_name=command.holder_name,
        relationship=command.relationship,
        start=command.start,
        end=command.end,
        insurance_type=command.insurance_type,
        primary=command.primary,
    )


def _change(
    command: CobContent,
    member: Member,
    before: CobPolicy | None,
    after: CobPolicy,
    related: tuple[str, ...],
    ctx: Context,
) -> CobChanged:
    return CobChanged(
        change_id=make_reference("CBC", bucket(member.member_id), ctx.message_id),
        member_id=member.member_id,
        version=member.version + 1,
        before=before,
        after=after,
        tins=() if ctx.scope.everything else related,
        adjust_claims=command.adjust_claims,
    )


def _changed(
    member: Member, change: CobChanged, reply: CobAdded | CobEdited, ctx: Context
) -> Outcome:
    """The snapshot goes first: whoever receives the change already has the member after it."""
    after = evolve(member, change, ctx.now)
    return Outcome(Decision(reply=reply, events=(after.announced(), change)), after)


def _stale(member: Member, on_file: CobOnFile, wanted: CobPolicy) -> CobStale:
    now, theirs = on_file.policy.model_dump(), wanted.model_dump()
    return CobStale(
        problems=(p.CHANGED_MEANWHILE(),),
        member_id=member.member_id,
        current=on_file.policy,
        version=on_file.version,
        changed_at=on_file.since,
        differs=tuple(name for name in now if now[name] != theirs[name]),
    )
