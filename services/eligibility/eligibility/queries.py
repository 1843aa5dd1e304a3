"""Read side of the eligibility service. Any authenticated caller may ask; looks are recorded."""

from collections.abc import Iterable
from dataclasses import dataclass

from eligibility.domain import eligibility, ids, search, spans
from eligibility.domain.member import Member
from eligibility.domain.names import searchable
from eligibility.domain.plan import Plan
from eligibility.store import MEMBERS
from portal_contracts.base import Reply
from portal_contracts.eligibility import queries as q
from portal_contracts.eligibility import replies as r
from portal_contracts.problems.common import MEMBER_NOT_FOUND
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import refusal
from portal_runtime.routes import QueryContext


@dataclass(frozen=True, slots=True)
class Found:
    """Members with the ID they were asked for by, in the order asked."""

    members: list[tuple[str, Member]]
    unanswered: list[r.Unanswered]
    more: bool = False


async def check_eligibility(query: q.CheckEligibility, ctx: QueryContext) -> Reply:
    """EL-01 to EL-04."""
    plan: Plan = ctx.settings
    problems = search.problems_of(query)
    today = plan.calendar.day_of(ctx.now)
    wrong_day = eligibility.date_problem(query.date_of_service, today, plan)
    if wrong_day is not None:
        problems.append(wrong_day)
    if problems:
        return refusal(*problems)
    found = await _find(query, ctx)
    return r.EligibilityAnswer(
        date_of_service=query.date_of_service,
        members=tuple(
            eligibility.check(member, query.date_of_service, asked, plan)
            for asked, member in found.members
        ),
        unanswered=tuple(found.unanswered),
        more=found.more,
        as_of=ctx.now,
    )


async def find_members(query: q.FindMembers, ctx: QueryContext) -> Reply:
    """EL-01: who is meant."""
    problems = search.problems_of(query)
    if problems:
        return refusal(*problems)
    found = await _find(query, ctx)
    return r.MemberList(
        members=tuple(member.summary() for _, member in found.members),
        unanswered=tuple(found.unanswered),
        more=found.more,
        as_of=ctx.now,
    )


async def get_member(query: q.GetMember, ctx: QueryContext) -> Reply:
    """EL-05, EL-07 (subscriber, COB, spans), CB-01."""
    typed = query.member_id
    known = await _by_member_id(ids.meant_by(typed) if ids.is_id(typed) else (), ctx)
    member = _first(known, typed)
    if member is None:
        return refusal(MEMBER_NOT_FOUND(door=q.FindMembers.TYPE))
    subscriber = (await _by_member_id((ids.subscriber_of(member.member_id),), ctx)).values()
    plan: Plan = ctx.settings
    today = plan.calendar.day_of(ctx.now)
    program = spans.on(member.spans, today)
    return like(
        r.MemberDetails,
        member.details,
        member=member.summary(),
        version=member.version,
        program=program,
        grace=eligibility.grace_on(program, today, plan) if program else None,
        subscriber=next((s.summary() for s in subscriber), None),
        spans=member.spans,
        cob=member.policies,
        as_of=ctx.now,
    )


async def _find(query: q.MemberSearch, ctx: QueryContext) -> Found:
    """Search in the one way that is filled in."""
    if query.member_ids:
        return await _many_member_ids(query.member_ids, ctx)
    if query.medicaid_ids:
        return await _many_medicaid_ids(query.medicaid_ids, ctx)
    return await _people(query, ctx)


async def _many_member_ids(typed: tuple[str, ...], ctx: QueryContext) -> Found:
    asked, unanswered = search.readable(typed, "Member ID")
    known = await _by_member_id((i for one in asked for i in ids.meant_by(one)), ctx)
    members: list[tuple[str, Member]] = []
    for one, position in asked.items():
        member = _first(known, one)
        if member is None:
            unanswered.append(search.not_found(position, one, "Member ID"))
        else:
            members.append((one, member))
    return Found(members, sorted(unanswered, key=lambda u: u.position))


async def _many_medicaid_ids(typed: tuple[str, ...], ctx: QueryContext) -> Found:
    asked, unanswered = search.readable(typed, "Medicaid ID")
    spellings = list({spelling for one in asked for spelling in (one, one.upper())})
    known: dict[str, list[Member]] = {}
    for medicaid_id, body in await ctx.conn.fetch(_BY_MEDICAID_ID, spellings):
        known.setdefault(medicaid_id, []).append(MEMBERS.read(body))
    members: list[tuple[str, Member]] = []
    for one, position in asked.items():
        holders = known.get(one) or known.get(one.upper()) or []
        members += [(one, member) for member in holders]
        if not holders:
            unanswered.append(search.not_found(position, one, "Medicaid ID"))
    return Found(members, sorted(unanswered, key=lambda u: u.position))


async def _people(query: q.MemberSearch, ctx: QueryContext) -> Found:
    """By case number, or by name and date of birth. One row more tells whether there are more."""
    limit = search.PAGE + 1
    if query.case_number is not None:
        rows = await ctx.conn.fetch(_BY_CASE_NUMBER, query.case_number, limit)
    else:
        names = searchable(query.last_name or ""), searchable(query.first_name or "")
        rows = await ctx.conn.fetch(_BY_NAME, *names, query.date_of_birth, limit)
    asked = query.case_number or ""
    shown = [(asked, MEMBERS.read(row["body"])) for row in rows[: search.PAGE]]
    return Found(shown, [] if shown else [search.nobody(query)], more=len(rows) > search.PAGE)


async def _by_member_id(member_ids: Iterable[str], ctx: QueryContext) -> dict[str, Member]:
    rows = await ctx.conn.fetch(_BY_MEMBER_ID, list(dict.fromkeys(member_ids)))
    return {member_id: MEMBERS.read(body) for member_id, body in rows}


def _first(known: dict[str, Member], typed: str) -> Member | None:
    return next((known[i] for i in ids.meant_by(typed) if i in known), None)


_BY_MEMBER_ID = "select member_id, body from members where member_id = any($1)"

_BY_MEDICAID_ID = """
select medicaid_id, body from members where medicaid_id = any($1) order by member_id
"""

_BY_CASE_NUMBER = "select body from members where case_number = $1 order by member_id limit $2"

_BY_NAME = """
select body from members
where last_name = $1 and starts_with(first_name, $2) and date_of_birth = $3
order by member_id limit $4
"""
