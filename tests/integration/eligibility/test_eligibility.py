"""Members, eligibility and COB on a real bus: from the feed to the events that claims goes by."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from portal_contracts.base import Message
from portal_contracts.common import Refused
from portal_contracts.eligibility import commands as m
from portal_contracts.eligibility import queries as q
from portal_contracts.eligibility import replies as r
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.eligibility.replies import CobAdded, CobEdited, CobStale, MemberEnrolled
from tests.integration.eligibility.conftest import World

FAMILY = "10000000001"
SUBSCRIBER, CHILD = f"{FAMILY}-00", f"{FAMILY}-01"
TODAY = datetime.now(UTC).date() - timedelta(days=1)  # past in every time zone of the plan
SPAN = {"start": "2020-01-01", "plan": "MCD-OH", "line_of_business": "medicaid"}
COB = {
    "carrier": "Other Mutual",
    "policy_number": "P-1",
    "holder_name": "Ada Example",
    "relationship": "self",
    "start": "2024-01-01",
    "insurance_type": "commercial",
}


async def enroll(world: World, member_id: str = SUBSCRIBER, **values: Any) -> MemberEnrolled:
    person = {
        "member_id": member_id,
        "last_name": "O'Brien",
        "first_name": "Ada",
        "date_of_birth": "1980-05-17",
        "sex": "F",
        "spans": [SPAN],
    }
    reply = await world.feed.ask(m.EnrollMember.model_validate({**person, **values}))
    assert isinstance(reply, MemberEnrolled), reply
    return reply


async def add(world: World, **values: Any) -> CobAdded:
    command = m.AddCob.model_validate({"member_id": SUBSCRIBER, **COB, **values})
    await world.relate(SUBSCRIBER)
    reply = await world.provider.ask(command)
    assert isinstance(reply, CobAdded), reply
    return reply


def edit(policy: CobAdded, **values: Any) -> m.EditCob:
    about = {"policy_id": policy.policy_id, "expected_version": policy.version}
    return m.EditCob.model_validate({"member_id": SUBSCRIBER, **COB, **about, **values})


async def check(world: World, **search: Any) -> r.EligibilityAnswer:
    reply = await world.provider.ask(q.CheckEligibility(date_of_service=TODAY, **search))
    assert isinstance(reply, r.EligibilityAnswer), reply
    return reply


async def find(world: World, **search: Any) -> list[str]:
    reply = await world.provider.ask(q.FindMembers(**search))
    assert isinstance(reply, r.MemberList), reply
    return [member.member_id for member in reply.members]


async def test_a_cob_edit_reaches_claims_as_snapshot_then_change(world: World) -> None:
    async with world.provider.events("eligibility", start="beginning") as events:
        await enroll(world)
        policy = await add(world)
        edited = await world.provider.ask(edit(policy, end="2025-06-30", adjust_claims=True))
        assert isinstance(edited, CobEdited), edited
        heard: list[Message] = []
        async with asyncio.timeout(20):
            while len(heard) < 5:
                heard.append((await anext(events)).message)
    kinds = [type(message) for message in heard]
    assert kinds == [MemberChanged, MemberChanged, CobChanged, MemberChanged, CobChanged]
    snapshot, change = heard[3:]
    assert isinstance(snapshot, MemberChanged) and isinstance(change, CobChanged)
    assert (snapshot.version, change.version) == (3, 3)
    assert snapshot.cob == (change.after,) and change.adjust_claims
    assert change.before is not None and change.before.end is None
    assert change.after.end == date(2025, 6, 30)


async def test_of_two_editors_at_once_one_is_shown_what_the_other_saved(world: World) -> None:
    await enroll(world)
    policy = await add(world)
    other = world.staff
    replies = await asyncio.gather(
        world.provider.ask(edit(policy, end="2025-06-30")),
        other.ask(edit(policy, group_number="G-9")),
    )
    stale = next(reply for reply in replies if isinstance(reply, CobStale))
    saved = next(reply for reply in replies if isinstance(reply, CobEdited))
    assert stale.version == saved.version == 3
    details = await world.provider.ask(q.GetMember(member_id=FAMILY))
    assert isinstance(details, r.MemberDetails)
    assert details.cob[0].policy == stale.current
    assert [past.version for past in details.cob[0].past] == [2]
    looks = await world.rows("select purpose, count(*) from access_log group by 1 order by 1")
    assert [tuple(row) for row in looks] == [
        ("add cob", 1),
        ("edit cob", 2),
        ("get member: payment", 1),
    ]


async def test_good_ids_are_answered_and_bad_ones_listed(world: World) -> None:
    await enroll(world, medicaid_id="M100")
    await enroll(world, CHILD, first_name="Ben", spans=[])
    asked = (FAMILY, CHILD, "not an id", "99999999999", FAMILY)
    answer = await check(world, member_ids=asked)
    shown = [(found.member.member_id, found.status) for found in answer.members]
    assert shown == [(SUBSCRIBER, "eligible"), (CHILD, "ineligible")]
    listed = [(bad.position, bad.problem.code) for bad in answer.unanswered]
    assert listed == [(3, "wrong_shape"), (4, "nobody_with_id")]
    by_medicaid = await check(world, medicaid_ids=("m100", "M999"))
    assert [found.member.member_id for found in by_medicaid.members] == [SUBSCRIBER]
    assert [bad.position for bad in by_medicaid.unanswered] == [2]


async def test_members_are_found_by_name_and_by_case_number(world: World) -> None:
    await enroll(world, case_number="C-7")
    await enroll(world, CHILD, first_name="Ben", case_number="C-7", date_of_birth="2015-02-03")
    person = {"last_name": "obrien", "date_of_birth": "1980-05-17"}
    assert await find(world, **person) == [SUBSCRIBER]
    assert await find(world, **person, first_name="AD") == [SUBSCRIBER]
    assert await find(world, **person, first_name="Ben") == []
    assert await find(world, case_number="C-7") == [SUBSCRIBER, CHILD]
    assert await find(world, case_number="C-8") == []


async def test_every_look_at_a_member_is_recorded_with_who_and_why(world: World) -> None:
    await enroll(world)
    await enroll(world, CHILD, first_name="Ben")
    await check(world, member_ids=(SUBSCRIBER, "99999999999"), purpose="treatment")
    await find(world, member_ids=(CHILD,))
    details = await world.provider.ask(q.GetMember(member_id=CHILD, purpose="operations"))
    assert isinstance(details, r.MemberDetails) and details.subscriber is not None
    assert details.subscriber.member_id == SUBSCRIBER
    rows = await world.rows("select subject, role, member_id, purpose from access_log order by seq")
    looks = [tuple(row) for row in rows]
    assert looks[:2] == [
        ("desk", "provider", SUBSCRIBER, "check eligibility: treatment"),
        ("desk", "provider", CHILD, "find members: payment"),
    ]
    assert {member_id for _, _, member_id, why in looks[2:] if why == "get member: operations"} == {
        SUBSCRIBER,
        CHILD,
    }
    assert len(looks) == 4


async def test_a_thousand_members_are_enrolled_and_checked_at_once(world: World) -> None:
    ids = [f"2{n:010d}-00" for n in range(1000)]
    await asyncio.gather(*(enroll(world, member_id) for member_id in ids))
    answer = await check(world, member_ids=tuple(ids))
    assert [found.member.member_id for found in answer.members] == ids
    assert answer.unanswered == ()
    twins = await world.provider.ask(
        q.FindMembers(last_name="O'Brien", date_of_birth=date(1980, 5, 17))
    )
    assert isinstance(twins, r.MemberList) and twins.more and len(twins.members) == 50


async def test_enrolling_the_same_again_is_the_same_version(world: World) -> None:
    assert (await enroll(world)).changed
    again = await enroll(world)
    assert (again.version, again.changed) == (1, False)
    assert len(await world.rows("select from journal")) == 1


async def test_what_may_not_be_asked_is_refused_with_a_sentence(world: World) -> None:
    await enroll(world)
    future = q.CheckEligibility(date_of_service=date(2999, 1, 1), member_ids=(SUBSCRIBER,))
    reply = await world.provider.ask(future)
    assert isinstance(reply, Refused) and "lies in the future" in reply.problems[0].message
    body = b'{"member_id": "nobody \\u0000"}'
    nobody = await world.provider.ask_raw(q.GetMember.TYPE, "", body)
    assert isinstance(nobody, Refused) and nobody.problems[0].code == "control_character"
    person = {"member_id": CHILD, "last_name": "X", "date_of_birth": "2000-01-01", "sex": "U"}
    forbidden = await world.provider.ask(m.EnrollMember.model_validate(person))
    assert isinstance(forbidden, Refused) and forbidden.problems[0].code == "forbidden"
    assert await world.rows("select from access_log") == []


async def test_a_provider_that_has_nothing_to_do_with_the_member_changes_no_cob(
    world: World,
) -> None:
    """CB-02: a claim or an authorization request makes the relation; another's does not."""
    await enroll(world)
    await world.relate(SUBSCRIBER)
    stranger = world.as_("provider", "demo-provider", ("310000099",))
    wanted = m.AddCob.model_validate({"member_id": SUBSCRIBER, **COB, "adjust_claims": True})
    reply = await stranger.ask(wanted)
    assert isinstance(reply, Refused) and reply.problems[0].code == "no_relation"
    nobody = await world.as_("provider", "demo-provider").ask(wanted)
    assert isinstance(nobody, Refused) and nobody.problems[0].code == "no_tax_id"
    assert isinstance(await world.provider.ask(wanted), CobAdded)
