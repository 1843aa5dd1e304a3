"""An earlier owner of a partition, frozen in its transaction, and whoever has taken over (ADR 8).

The frozen one is a session of the test's own: it holds what the engine holds while it decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg

from portal_contracts.claims.queries import GetClaim
from portal_contracts.eligibility.events import CobChanged
from portal_runtime.deciding.partition_lock import hold
from tests.integration.claims.test_claims import enroll, sound, submit
from tests.support.world import World
from tests.unit.claims.builders import MEMBER, policy

A_WHILE = 1.0
"""Seconds in which anything that does not wait would long be done."""


@asynccontextmanager
async def frozen(world: World) -> AsyncIterator[Any]:
    """A session inside the transaction of an owner; what it wrote is committed at the end."""
    conn = await asyncpg.connect(world.isolation.dsn(world.service))
    try:
        async with conn.transaction():
            await hold(conn, [0])
            yield conn
    finally:
        await conn.close()


async def test_nothing_of_its_partition_is_decided_until_it_has_ended(world: World) -> None:
    await enroll(world)
    async with frozen(world):
        asked = asyncio.create_task(submit(world, sound("A1")))
        done, _ = await asyncio.wait([asked], timeout=A_WHILE)
        assert not done
        await world.provider.ask(GetClaim(claim_number="CLM-NONE"))  # questions do not wait
    assert (await asked).status == "paid"


async def test_a_review_sees_the_claim_it_commits_late(world: World) -> None:
    """It looked at old insurance for that claim, so nobody else would ever look at it again."""
    old = policy(start=date(2020, 1, 1))
    known = await enroll(world, cob=(old,))
    assert (await submit(world, sound("A1"))).status == "denied"
    async with frozen(world) as owner:
        await owner.execute(_ANOTHER)
        ended = policy(start=date(2020, 1, 1), end=date(2020, 12, 31))
        await world.announce(known.model_copy(update={"cob": (ended,)}), "member", MEMBER)
        change = CobChanged(
            change_id="CHG-1",
            member_id=MEMBER,
            version=1,
            before=old,
            after=ended,
            adjust_claims=False,
        )
        await world.announce(change, "cob_change", "CHG-1")
        await asyncio.sleep(A_WHILE)
    for _ in range(200):
        paid = await world.rows("select 1 from claims where status = 'paid'")
        if len(paid) == 2:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the claim that was committed late was not adjudicated again")


_ANOTHER = """
insert into claims
select (json_populate_record(c, json_build_object(
    'claim_number', left(claim_number, 6) || 'N' || substr(claim_number, 7),
    'duplicate_key', 'another'))).* from claims c;
insert into claim_history
select (json_populate_record(h, json_build_object(
    'claim_number', left(claim_number, 6) || 'N' || substr(claim_number, 7)))).*
from claim_history h
"""
