"""Disputes and appeals on a real bus, with claims' part played by the test."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from portal_client.follower import Follower
from portal_contracts.appeals.commands import DecideCase
from portal_contracts.appeals.queries import GetCase, SearchCases
from portal_contracts.appeals.replies import CaseDetails, CaseList, CaseReceived, CaseState
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.common import Refused
from tests.support.world import World
from tests.unit.appeals.desk import CLAIM, FAX, FOREIGN_TIN, appeal_form, dispute_form
from tests.unit.appeals.test_claim_facts import line, outcome


def denied(carc: str) -> ClaimAdjudicated:
    lines = [line(1, "0.00", ("CO", carc, "100.00", ()))]
    return outcome(1, *lines, status="denied", paid="0.00", adjudication=1)


async def submit(world: World, form: Any) -> CaseReceived:
    reply = await world.provider.ask(form)
    assert isinstance(reply, CaseReceived), reply
    return reply


async def move(world: World, days: int) -> None:
    """Move the demo clock, and wait until the service goes by it."""
    await world.move(days)
    moved = (datetime.now(UTC) + timedelta(days=days)).date()
    for _ in range(200):
        page = await world.staff.ask(SearchCases())
        assert isinstance(page, CaseList)
        if page.as_of.date() == moved:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the clock was not moved")


async def next_order(orders: Follower) -> ReadjudicateClaim:
    async with asyncio.timeout(20):
        async for ordered in orders:
            assert isinstance(ordered.message, ReadjudicateClaim)
            return ordered.message
    raise AssertionError("no re-adjudication was ordered")


async def details(world: World, number: str) -> CaseDetails:
    found = await world.provider.ask(GetCase(case_number=number))
    assert isinstance(found, CaseDetails), found
    return found


async def test_overturned_the_claim_is_adjudicated_again_and_its_outcome_linked(
    world: World,
) -> None:
    await world.announce(denied("29"), "claim", CLAIM)
    number = (await submit(world, appeal_form("timely_filing"))).case_number
    async with world.provider.follow("claims.commands", start="beginning") as orders:
        decide = DecideCase(
            case_number=number,
            verdict="overturned",
            reason="Proof of timely filing was sent.",
            waive=("timely_filing",),
        )
        decided = await world.staff.ask(decide)
        assert isinstance(decided, CaseState) and decided.readjudication_ordered
        order = await next_order(orders)
    assert (order.claim_number, order.cause, order.reference, order.waive) == (
        CLAIM,
        "appeal_overturned",
        number,
        ("timely_filing",),
    )
    paid = outcome(2, adjudication=2, cause=order.cause, cause_reference=order.reference)
    await world.announce(paid, "claim", CLAIM)
    for _ in range(200):
        case = await details(world, number)
        if case.summary.outcome is not None:
            break
        await asyncio.sleep(0.05)
    linked = case.summary.outcome
    assert linked is not None
    assert (linked.adjudication, linked.status, linked.paid) == (2, "paid", "80.00")
    history = await world.rows("select type from journal where subject = $1 order by at, n", number)
    assert [row[0] for row in history] == [
        "appeals.case_submitted.v1",
        "appeals.case_decided.v1",
        "appeals.link_outcome.v1",
        "appeals.case_outcome_linked.v1",
    ]


async def test_the_ninetieth_day_is_in_time_and_the_next_is_not(world: World) -> None:
    await world.announce(denied("22"), "claim", CLAIM)
    await move(world, 91)
    late = await world.provider.ask(dispute_form())
    assert isinstance(late, Refused) and late.problems[0].code == "too_late"
    await move(world, 90)
    await submit(world, dispute_form())


async def test_wrong_doors_and_claims_of_others(world: World) -> None:
    unknown = await world.provider.ask(dispute_form())
    assert isinstance(unknown, Refused) and unknown.problems[0].code == "claim_not_found"
    await world.announce(denied("252"), "claim", CLAIM)
    records = await world.provider.ask(dispute_form())
    assert isinstance(records, Refused)
    assert records.problems[0].door == "claims.submit_records.v1"
    dental = await world.provider.ask(appeal_form("dental"))
    assert isinstance(dental, Refused) and FAX in dental.problems[0].message
    stranger = world.as_("provider", "demo-provider", (FOREIGN_TIN,))
    hidden = await stranger.ask(dispute_form())
    assert hidden == unknown


async def test_one_open_case_of_a_kind_and_its_status_by_claim_and_by_id(world: World) -> None:
    await world.announce(denied("96"), "claim", CLAIM)
    both = await asyncio.gather(
        world.provider.ask(dispute_form()), world.provider.ask(dispute_form())
    )
    (taken,) = [reply for reply in both if isinstance(reply, CaseReceived)]
    (refused,) = [reply for reply in both if isinstance(reply, Refused)]
    assert taken.case_number in refused.problems[0].message
    appealed = await submit(world, appeal_form("coverage"))

    first = await world.provider.ask(SearchCases(claim_number=CLAIM, limit=1))
    assert isinstance(first, CaseList) and first.next is not None
    second = await world.provider.ask(SearchCases(claim_number=CLAIM, limit=1, after=first.next))
    assert isinstance(second, CaseList) and second.next is None
    found = [case.case_number for case in (*first.cases, *second.cases)]
    assert found == [appealed.case_number, taken.case_number]

    upheld = DecideCase(case_number=taken.case_number, verdict="upheld", reason="As agreed.")
    await world.staff.ask(upheld)
    worklist = await world.staff.ask(SearchCases(statuses=("open",), kind="appeal"))
    assert isinstance(worklist, CaseList)
    assert [case.case_number for case in worklist.cases] == [appealed.case_number]
    assert (await details(world, taken.case_number)).reason == "As agreed."

    stranger = world.as_("provider", "demo-provider", (FOREIGN_TIN,))
    nothing = await stranger.ask(SearchCases(claim_number=CLAIM))
    assert isinstance(nothing, CaseList) and nothing.cases == ()
    hidden = await stranger.ask(GetCase(case_number=taken.case_number))
    assert isinstance(hidden, Refused) and hidden.problems[0].code == "case_not_found"


async def test_only_the_plans_staff_decides_and_only_the_service_links(world: World) -> None:
    decide = DecideCase(case_number="DSP-000000000000000", verdict="upheld", reason="No.")
    refused = await world.provider.ask(decide)
    assert isinstance(refused, Refused) and refused.problems[0].code == "forbidden"
    unknown = await world.staff.ask(decide)
    assert isinstance(unknown, Refused) and unknown.problems[0].code == "case_not_found"
