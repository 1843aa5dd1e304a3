"""A prior authorization on a real bus: requested, decided, looked at."""

from __future__ import annotations

import asyncio
import json

from portal_client.follower import Follower
from portal_contracts.auth.commands import DecideLines, RequestAuthorization
from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.auth.queries import GetAuthorization, SearchAuthorizations
from portal_contracts.auth.replies import (
    AuthorizationDetails,
    AuthorizationList,
    AuthorizationReceived,
    LinesReviewed,
)
from portal_contracts.common import Refused
from tests.support.world import World
from tests.unit.auth.desk import FOREIGN_TIN, MEMBER, UM_PHONE, form, member, policy


async def request(world: World) -> AuthorizationReceived:
    reply = await world.provider.ask(form())
    assert isinstance(reply, AuthorizationReceived), reply
    return reply


async def next_snapshot(events: Follower, number: str, version: int) -> AuthorizationChanged:
    async with asyncio.timeout(20):
        async for happened in events:
            message = happened.message
            if isinstance(message, AuthorizationChanged) and message.version == version:
                assert message.authorization_number == number
                return message
    raise AssertionError("no snapshot was announced")


async def test_from_the_request_to_the_snapshot_that_claims_goes_by(world: World) -> None:
    await world.announce(member(), "member", MEMBER)
    async with world.provider.events("auth", start="beginning") as events:
        number = (await request(world)).authorization_number
        reviews = [
            {"line": 1, "decision": "partly_approved", "approved_units": 3, "reason": "Three."},
            {
                "line": 2,
                "decision": "denied",
                "denial_reason": "medical_necessity",
                "reason": "Not tried at home.",
            },
        ]
        command = DecideLines.model_validate({"authorization_number": number, "reviews": reviews})
        reviewed = await world.staff.ask(command)
        assert isinstance(reviewed, LinesReviewed), reviewed
        snapshot = await next_snapshot(events, number, 2)
    assert [(x.decision, x.approved_units) for x in snapshot.lines] == [
        ("partly_approved", 3),
        ("denied", 0),
    ]

    details = await world.provider.ask(GetAuthorization(authorization_number=number))
    assert isinstance(details, AuthorizationDetails)
    assert details.summary.status == "partly_approved"
    assert details.lines[1].next_step is not None
    looks = await world.rows("select member_id, purpose from access_log")
    assert [tuple(row) for row in looks] == [(MEMBER, "get authorization")]


async def test_the_answer_about_other_insurance_is_checked(world: World) -> None:
    unknown = await world.provider.ask(form())
    assert isinstance(unknown, Refused) and unknown.problems[0].code == "member_not_found"
    await world.announce(member(policy()), "member", MEMBER)
    refused = await world.provider.ask(form())
    assert isinstance(refused, Refused)
    assert refused.problems[0].code == "cob_on_file" and UM_PHONE in refused.problems[0].message
    await world.announce(member(policy(end="2026-01-31")), "member", MEMBER)
    await request(world)
    phone = await world.provider.ask(form(other_insurance=True))
    assert isinstance(phone, Refused) and UM_PHONE in phone.problems[0].message


async def test_a_list_in_pages_and_within_ones_own_tax_ids(world: World) -> None:
    await world.announce(member(), "member", MEMBER)
    numbers = [(await request(world)).authorization_number for _ in range(3)]
    found: list[str] = []
    after: str | None = None
    for _ in range(3):
        page = await world.provider.ask(
            SearchAuthorizations(member_id=MEMBER, limit=1, after=after)
        )
        assert isinstance(page, AuthorizationList), page
        found += [a.authorization_number for a in page.authorizations]
        after = page.next
    assert found == numbers[::-1] and after is None

    stranger = world.as_("provider", "demo-provider", (FOREIGN_TIN,))
    nothing = await stranger.ask(SearchAuthorizations(member_id=MEMBER))
    assert isinstance(nothing, AuthorizationList) and nothing.authorizations == ()
    hidden = await stranger.ask(GetAuthorization(authorization_number=numbers[0]))
    assert isinstance(hidden, Refused) and hidden.problems[0].code == "authorization_not_found"
    all_of_them = await world.staff.ask(
        SearchAuthorizations(member_id=MEMBER, statuses=("pending",))
    )
    assert isinstance(all_of_them, AuthorizationList)
    assert len(all_of_them.authorizations) == 3
    bad = await world.provider.ask(SearchAuthorizations(member_id=MEMBER, after="yesterday"))
    assert isinstance(bad, Refused) and bad.problems[0].code == "bad_page"


async def test_a_misshapen_form_gets_all_its_problems_at_once(world: World) -> None:
    data = form(servicing={"npi": "1234567890"}).model_dump(mode="json") | {"tin": "12"}
    reply = await world.provider.ask_raw(
        RequestAuthorization.TYPE, form().key(), json.dumps(data).encode()
    )
    assert isinstance(reply, Refused)
    assert {p.field for p in reply.problems} == {"tin", "servicing.npi"}


async def test_a_provider_decides_nothing(world: World) -> None:
    review = {"line": 1, "decision": "approved"}
    command = DecideLines.model_validate(
        {"authorization_number": "AUTH-000000000000000", "reviews": [review]}
    )
    refused = await world.provider.ask(command)
    assert isinstance(refused, Refused) and refused.problems[0].code == "forbidden"
    unknown = await world.staff.ask(command)
    assert isinstance(unknown, Refused)
    assert unknown.problems[0].code == "authorization_not_found"
