"""CL-23 Two rule sets side by side on real servers: the date of service chooses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from claims.main import SERVICE
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.replies import ClaimAccepted
from tests.integration.claims.test_claims import RECENT, details, enroll, sound, submit, visit
from tests.support.isolation import Isolation
from tests.support.rule_sets import fees, folder_of
from tests.support.world import World, running_world
from tests.unit.claims.builders import TIN

BEFORE = RECENT - timedelta(days=1)
"""The last day of the old rules, by which everything is worth half."""


@pytest.fixture
async def dated(isolation: Isolation, tmp_path: Path) -> AsyncIterator[World]:
    old = {"version": "old", "effective_to": BEFORE, "fees": "half.csv"}
    folder = folder_of(tmp_path / "rules", old, {"version": "new", "effective_from": RECENT})
    fees(folder, "half.csv", 50)
    keys = tmp_path / "keys"
    async with running_world(SERVICE, isolation, keys, (TIN,), rule_sets=folder) as running:
        yield running


async def test_the_date_of_service_chooses_also_when_a_claim_is_decided_again(
    dated: World,
) -> None:
    await enroll(dated)
    old = await submit(dated, sound("OLD", visit(from_date=BEFORE)))
    new = await submit(dated, sound("NEW"))
    both = await submit(dated, sound("BOTH", visit(units="2"), visit(from_date=BEFORE, units="3")))
    assert (old.paid, new.paid, both.paid) == ("46.50", "93.00", "240.00")
    order = ReadjudicateClaim(claim_number=old.claim_number, cause="staff_request", reference="R1")
    assert isinstance(await dated.staff.ask(order), ClaimAccepted)
    again = await details(dated, old.claim_number)
    assert [(a.rule_set, a.paid) for a in again.adjudications] == [("old", "46.50")] * 2
    (mixed,) = (await details(dated, both.claim_number)).adjudications
    assert (mixed.rule_set, [row.rule_set for row in mixed.lines]) == ("old", ["new", None])
