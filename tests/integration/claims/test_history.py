"""CL-10 A claim's history lies in a table of its own: whole, in order, and only added to."""

from __future__ import annotations

import asyncpg
import pytest

from portal_contracts.claims.commands import ReadjudicateClaim, SubmitRecords
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.queries import GetClaim
from portal_contracts.claims.replies import ClaimAccepted, ClaimDetails, ClaimRejected
from portal_contracts.common import Contact
from tests.integration.claims.test_claims import details, enroll, sound, submit, until, visit
from tests.integration.claims.test_records import released
from tests.support.world import World

KNEE = visit(procedure="29881", charge="1000.00")


def said(found: ClaimDetails) -> list[tuple[str, str, str, str | None]]:
    return [(h.what, h.cause, h.role, h.subject) for h in found.history]


async def test_all_that_happened_is_told_in_order_with_who_and_why(world: World) -> None:
    await enroll(world)
    number = (await submit(world, sound("A1", KNEE))).claim_number
    contact = Contact(name="Kim Lee", phone="9375550100")
    naming = SubmitRecords(
        claim_number=number, documents=("DOC-1",), record_type="report", contact=contact
    )
    await world.provider.ask(naming)
    await world.provider.publish(released("DOC-1", number, "claim", "medical_record"))
    await until(world, number, lambda d: d.summary.status == "paid")
    order = ReadjudicateClaim(claim_number=number, cause="staff_request", reference="R1")
    assert isinstance(await world.staff.ask(order), ClaimAccepted)
    correction = await submit(world, sound("A1", frequency="7", original_claim=number))
    found = await details(world, number)
    assert said(found) == [
        ("adjudicated", "submitted", "provider", "desk"),
        ("records_received", "", "provider", "desk"),
        ("adjudicated", "records_released", "service", None),
        ("adjudicated", "staff_request", "plan_staff", None),
        ("replaced", "", "provider", "desk"),
    ]
    assert [h.version for h in found.history] == [1, 2, 3, 4, 5]
    assert [h.reference for h in found.history] == [
        "",
        *["DOC-1"] * 2,
        "R1",
        correction.claim_number,
    ]
    assert [h.at for h in found.history] == sorted(h.at for h in found.history)
    assert found.history[-1].at == found.summary.changed_at
    numbered = [h.adjudication for h in found.history if h.what == "adjudicated"]
    assert numbered == [a.adjudication for a in found.adjudications] == [1, 2, 3]
    to_staff = await world.staff.ask(GetClaim(claim_number=number))
    assert isinstance(to_staff, ClaimDetails)
    assert [h.subject for h in to_staff.history[2:4]] == ["service:claims", "demo-staff"]


async def test_a_rejected_claim_and_a_void_have_their_history_too(world: World) -> None:
    await enroll(world)
    ghost = await world.provider.ask(sound("GHOST", member_id="M999999-00"))
    assert isinstance(ghost, ClaimRejected)
    number = (await submit(world, sound())).claim_number
    void = await submit(world, sound("A1", frequency="8", original_claim=number))
    histories = {
        n: [(h.what, h.reference) for h in (await details(world, n)).history]
        for n in (ghost.claim_number, number, void.claim_number)
    }
    assert list(histories.values()) == [
        [("rejected", "")],
        [("adjudicated", ""), ("voided", void.claim_number)],
        [("took_back", number)],
    ]


async def test_the_history_does_not_depend_on_the_journal(world: World) -> None:
    await enroll(world)
    number = (await submit(world, sound())).claim_number
    before = await details(world, number)
    (event,) = before.adjudications
    assert isinstance(event, ClaimAdjudicated)
    await world.rows("delete from journal")
    after = await details(world, number)
    assert (after.adjudications, after.history) == (before.adjudications, before.history)
    order = ReadjudicateClaim(claim_number=number, cause="staff_request", reference="R1")
    assert isinstance(await world.staff.ask(order), ClaimAccepted)
    assert len((await details(world, number)).adjudications) == 2


@pytest.mark.parametrize(
    "sql",
    [
        "update claim_history set subject = 'nobody'",
        "delete from claim_history",
        "truncate claim_history",
    ],
)
async def test_the_history_is_only_added_to(world: World, sql: str) -> None:
    await enroll(world)
    number = (await submit(world, sound())).claim_number
    with pytest.raises(asyncpg.RaiseError, match="only added to"):
        await world.rows(sql)
    assert len((await details(world, number)).history) == 1
