"""Effects: carried out at least once, answered once, of a key one after another; whoever dies."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import asyncpg
import pytest

from portal_runtime.process import running as process_running
from tests.integration.runtime.conftest import Corner
from tests.integration.runtime.effects_seen import (
    LEASE,
    all_done,
    begun,
    left,
    running,
    stamped,
    until,
    weather,
)
from tests.integration.runtime.test_crashes import process
from tests.support.tally import Add


async def test_of_a_key_one_after_another_in_the_order_decided(corner: Corner) -> None:
    accounts = [f"k{n}" for n in range(8)]
    async with running(corner), corner.client() as client:
        await asyncio.gather(
            *(client.ask(Add(account=a, amount=1, stamps=3, erase=True)) for a in accounts),
            *(client.ask(Add(account=a, amount=1, stamps=2)) for a in accounts),
        )
        await all_done(corner)

        async def decided() -> bool:
            return all([len(await stamped(corner, a)) == 5 for a in accounts])

        await until(decided)
        orders = {tuple(await begun(corner, a)) for a in accounts}
    # Both ways: which of two commands came first, nobody said.
    assert orders <= {(1, 2, 3, 0, 4, 5), (1, 2, 3, 4, 5, 0)}
    for account in accounts:
        assert await stamped(corner, account) == (1, 2, 3, 4, 5)
    overlaps = (
        "select count(*) from stamps x join stamps y on x.n < y.n and y.begun_at < x.ended_at"
    )
    assert (await corner.rows(f"{overlaps} and x.account = y.account"))[0][0] == 0
    assert (await corner.rows(overlaps))[0][0] > 0, "different keys wait for each other"


async def test_a_batch_without_effects_asks_nothing_about_them(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    connection: Any = asyncpg.Connection
    real = connection._execute

    async def listening(self: Any, query: str, *args: Any, **more: Any) -> Any:
        said.append(query)
        return await real(self, query, *args, **more)

    async with running(corner), corner.client() as client:
        await client.ask(Add(account="a", amount=1))
        monkeypatch.setattr(asyncpg.Connection, "_execute", listening)
        await client.ask(Add(account="a", amount=1))
        await asyncio.sleep(1.2)
        monkeypatch.undo()
    about = [query for query in said if "effects" in query]
    assert said
    assert 1 <= len(about) <= 10, "an idle service looks with its timers, twice a second"
    assert all("timers" in query or "parked" in query for query in about), about


# -- dying -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "failpoint",
    ["effect_claimed:2", "effect_carried_out:2", "effect_published:2", "effect_deleted:2"],
)
async def test_killed_at_each_step_it_is_carried_out_again_and_answered_once(
    corner: Corner, failpoint: str
) -> None:
    lease = {"PORTAL_EFFECT_LEASE_SECONDS": str(LEASE)}
    async with corner.client() as client:
        with process(corner, failpoint, **lease) as first:
            await client.ask(Add(account="a", amount=1, stamps=4), timeout=60)
            assert await asyncio.to_thread(first.wait, 30) == -signal.SIGKILL
        assert await left(corner) > 0
        with process(corner, **lease):
            await all_done(corner)
            # Asked last in its partition: whatever was answered before is decided by now.
            await client.ask(Add(account="a", amount=1), timeout=60)
    assert await stamped(corner) == (1, 2, 3, 4)
    carried_out = await begun(corner)
    assert list(dict.fromkeys(carried_out)) == [1, 2, 3, 4], "out of order"
    again = {"effect_carried_out:2": 1, "effect_published:2": 1}.get(failpoint, 0)
    assert len(carried_out) == 4 + again


async def test_what_a_dead_process_held_is_taken_over_when_its_lease_ends(corner: Corner) -> None:
    lease = {"PORTAL_EFFECT_LEASE_SECONDS": str(LEASE)}
    async with corner.client() as client:
        with process(corner, "effect_claimed", **lease) as first:
            await client.ask(Add(account="a", amount=1, stamps=1), timeout=60)
            assert await asyncio.to_thread(first.wait, 30) == -signal.SIGKILL
        (held,) = await corner.rows("select attempts, not_before > now() from effects")
        assert tuple(held) == (1, True)
        with process(corner, instance="1", **lease):
            await all_done(corner)
    (took,) = await corner.rows("select begun_at from stamps")
    assert took is not None


async def test_one_that_runs_for_longer_than_its_lease_is_not_taken_by_another(
    corner: Corner,
) -> None:
    async with running(corner, effect_lease_seconds=0.6), corner.client() as client:
        await weather(corner, "slow", 1)
        await client.ask(Add(account="a", amount=1, stamps=1))
        await until(lambda: begun(corner))
        async with running(corner, effect_lease_seconds=0.6, instance="1"):
            await all_done(corner)
    assert await begun(corner) == [1]


async def test_a_second_execution_is_recognised_while_the_first_still_runs(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a process is frozen and its lease runs out: nobody renews it."""
    monkeypatch.setattr("portal_runtime.scheduling.effects.RENEWED", 0.001)
    async with running(corner, effect_lease_seconds=0.4), corner.client() as client:
        await weather(corner, "slow", 1)
        await client.ask(Add(account="a", amount=1, stamps=1))
        await all_done(corner)
        await asyncio.sleep(2)
        await client.ask(Add(account="a", amount=1))
    assert await begun(corner) == [1, 1]
    assert await stamped(corner) == (1,)


async def test_sigterm_lets_it_finish_and_gives_back_what_cannot(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with corner.client() as client:
        with process(corner) as first:
            await client.ask(Add(account="a", amount=1), timeout=60)
            await weather(corner, "slow", 1)
            await client.ask(Add(account="a", amount=1, stamps=2))
            await until(lambda: begun(corner))
            first.terminate()
            assert await asyncio.to_thread(first.wait, 30) == 0
        assert await begun(corner) == [1], "nothing more was begun"
        assert await left(corner) == 1, "what was begun was finished"
        monkeypatch.setattr(process_running, "DRAIN_PATIENCE", 0.2)
        await weather(corner, "slow", 1)
        async with running(corner):
            await until(lambda: corner.rows("select 1 from stamps where number = 2"))
        (row,) = await corner.rows("select failures, not_before <= now() from effects")
        assert tuple(row) == (0, True), "given back at once, not when the lease ends"


# -- failing ---------------------------------------------------------------------------------------
