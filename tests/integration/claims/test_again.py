"""A claim that is sent once more, its JSON written anew; one with a number for a date."""

from __future__ import annotations

import json
from random import Random
from uuid import uuid4

import pytest

from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.common import Refused
from tests.integration.claims.test_claims import enroll, sound
from tests.support.anew import written_anew
from tests.support.world import World


async def test_a_claim_written_anew_under_its_id_gets_the_first_answer(world: World) -> None:
    await enroll(world)
    claim, mid = sound("Sørensen 1"), uuid4()
    first = await world.provider.ask(claim, message_id=mid)
    assert isinstance(first, ClaimAccepted), first
    body = claim.model_dump_json().encode()
    for seed in range(4):
        anew = written_anew(body, Random(seed))
        assert anew != body
        again = await world.provider.ask_raw(claim.TYPE, claim.key(), anew, message_id=mid)
        assert again == first
    assert [tuple(row) for row in await world.rows("select count(*) from claims")] == [(1,)]


async def test_the_id_of_a_claim_is_for_no_other_one(world: World) -> None:
    await enroll(world)
    claim, mid = sound("A1"), uuid4()
    first = await world.provider.ask(claim, message_id=mid)
    other = await world.provider.ask(sound("A2"), message_id=mid)
    assert isinstance(other, Refused)
    (problem,) = other.problems
    assert problem.code == "id_reused" and "new message takes a new id" in problem.message
    assert await world.provider.ask(claim, message_id=mid) == first
    assert [tuple(row) for row in await world.rows("select count(*) from claims")] == [(1,)]


@pytest.mark.parametrize("born", [0, "0", 31536000.0])
async def test_a_number_for_a_date_is_refused_with_all_else_that_is_wrong(
    world: World, born: object
) -> None:
    await enroll(world)
    claim = sound("A1")
    data = json.loads(claim.model_dump_json())
    data["patient"]["date_of_birth"] = born
    data["billing"]["npi"] = "1234567890"  # wrong check digit: a rule, not a shape
    body = json.dumps(data).encode()
    reply = await world.provider.ask_raw(claim.TYPE, claim.key(), body)
    assert isinstance(reply, Refused)
    found = {(p.field, p.code) for p in reply.problems}
    assert ("patient.date_of_birth", "not_a_date") in found
    assert "billing.npi" in {field for field, _ in found}
    assert [tuple(row) for row in await world.rows("select count(*) from claims")] == [(0,)]
