"""Records that documents releases: whatever the order, and whoever sent them (CL-12)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from portal_contracts.claims.commands import SubmitRecords
from portal_contracts.claims.replies import RecordsReceived
from portal_contracts.common import Refused
from portal_contracts.documents.events import DocumentReleased
from tests.integration.claims.test_claims import (
    FOREIGN_TIN,
    balanced,
    details,
    enroll,
    sound,
    submit,
    until,
    visit,
)
from tests.support.world import World
from tests.unit.claims.builders import MEMBER, TIN

CONTACT = {"name": "Kim Lee", "phone": "9375550100"}


def knee() -> dict[str, Any]:
    """Needs medical records."""
    return visit(procedure="29881", charge="1000.00")


def released(
    document_id: str, reference: str, kind: str, document_type: str, tin: str = TIN
) -> DocumentReleased:
    now = datetime.now(UTC)
    return DocumentReleased.model_validate(
        {
            "document_id": document_id,
            "version": 3,
            "owner": {"kind": kind, "reference": reference},
            "document_type": document_type,
            "tin": tin,
            "received_at": now,
            "released_at": now,
            "size": 1,
            "sha256": "0" * 64,
        }
    )


@pytest.mark.parametrize("order", ["named, released", "released, named", "named at submission"])
async def test_records_released_pay_the_claim_in_every_order(world: World, order: str) -> None:
    await enroll(world)
    attached = order == "named at submission"
    documents = ("DOC-LOST", "DOC-1") if attached else ("DOC-LOST",)
    number = (await submit(world, sound("A1", knee(), documents=documents))).claim_number
    assert (await details(world, number)).summary.status == "denied"
    owner = (MEMBER, "member") if attached else (number, "claim")
    await world.provider.publish(released("DOC-X", *owner, "referral"))
    release = released("DOC-1", *owner, "medical_record")
    if order == "released, named":
        await world.provider.publish(release)
        for _ in range(200):
            if await world.rows("select 1 from records where document_id = 'DOC-1'"):
                break
            await asyncio.sleep(0.05)
    if not attached:
        reply = await world.provider.ask(naming(number))
        waiting = () if order == "released, named" else ("DOC-1",)
        assert reply == RecordsReceived(claim_number=number, waiting_for=waiting)
    if order != "released, named":
        await world.provider.publish(release)
    found = await until(world, number, lambda d: d.summary.status == "paid")
    assert found.adjudications[-1].cause == "records_released"
    assert balanced(found)
    kept = await world.rows("select document_id from records")
    assert [r["document_id"] for r in kept] == ["DOC-1"], "a referral is no medical record"


async def test_who_sent_a_record_decides_whether_it_counts(world: World) -> None:
    await enroll(world)
    number = (await submit(world, sound("A1", knee()))).claim_number
    stranger = world.as_("provider", "demo-provider", (FOREIGN_TIN,))
    known, unknown = await stranger.ask(naming(number)), await stranger.ask(naming(number[:-1]))
    assert isinstance(known, Refused)
    assert known == unknown, "another's claim is as unknown as none"

    others = released("DOC-1", number, "claim", "medical_record", FOREIGN_TIN)
    plans_own = released("DOC-2", MEMBER, "member", "medical_record", "")
    for event in (others, plans_own):
        await world.provider.publish(event)

    async def kept() -> bool:
        rows = await world.rows("select document_id, tin from records order by document_id")
        return [tuple(row) for row in rows] == [("DOC-1", FOREIGN_TIN), ("DOC-2", "")]

    for _ in range(200):
        if await kept():
            break
        await asyncio.sleep(0.05)
    assert await kept()
    theirs = await world.provider.ask(naming(number, "DOC-1"))
    assert theirs == RecordsReceived(claim_number=number, waiting_for=("DOC-1",))
    plans = await world.provider.ask(naming(number, "DOC-2"))
    assert plans == RecordsReceived(claim_number=number, waiting_for=())
    found = await until(world, number, lambda d: d.summary.status == "paid")
    used = found.adjudications[-1].facts_used
    assert used is not None
    assert used.records == ("DOC-2",)


def naming(number: str, document_id: str = "DOC-1") -> SubmitRecords:
    form = {
        "claim_number": number,
        "documents": (document_id,),
        "record_type": "operative report",
        "contact": CONTACT,
    }
    return SubmitRecords.model_validate(form)
