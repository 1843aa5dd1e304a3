"""Effects: carried out at least once, answered once, of a key one after another; whoever dies."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from portal_runtime.process import running as process_running
from portal_runtime.process.running import Running
from portal_runtime.recovery import kept_effects
from portal_runtime.scheduling import carrying_out
from portal_runtime.settings import RuntimeSettings
from tests.integration.runtime.conftest import Corner
from tests.integration.runtime.test_crashes import process
from tests.support.tally import SERVICE, Add, Tally

LEASE = 2.0


def running(corner: Corner, **more: object) -> Running:
    return Running(SERVICE, RuntimeSettings(**corner.settings(**more)))


async def stamped(corner: Corner, account: str = "a") -> tuple[int, ...]:
    """Numbers of the stamps whose answers were decided, in that order."""
    rows = await corner.rows("select body from tallies where account = $1", account)
    return Tally.model_validate_json(rows[0][0]).stamped if rows else ()


async def left(corner: Corner) -> int:
    return int((await corner.rows("select count(*) from effects"))[0][0])


async def begun(corner: Corner, account: str = "a") -> list[int]:
    """Numbers of the stamps as they were carried out, 0 for erasing."""
    sql = "select number from stamps where account = $1 order by n"
    return [row[0] for row in await corner.rows(sql, account)]


async def weather(corner: Corner, how: str, times: int, account: str = "a") -> None:
    """What happens outside, the next times that something is done for the account."""
    sql = (
        "insert into weather (account, how, times) values ($1, $2, $3) "
        "on conflict (account) do update set how = excluded.how, times = excluded.times"
    )
    await corner.rows(sql, account, how, times)


async def until(what: Callable[[], Awaitable[Any]], within: float = 20) -> Any:
    async with asyncio.timeout(within):
        while not (found := await what()):
            await asyncio.sleep(0.05)
    return found


async def all_done(corner: Corner) -> None:
    async def done() -> bool:
        return await left(corner) == 0

    await until(done)


async def parked(corner: Corner) -> list[Any]:
    rows = await corner.rows("select reason from effects where state = 'parked'")
    return [row[0] for row in rows]


def counted(kind: str, outcome: str) -> float:
    labels = {"service": "tally", "kind": kind, "outcome": outcome}
    return REGISTRY.get_sample_value("portal_effects_total", labels) or 0.0


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried again soon."""
    monkeypatch.setattr(carrying_out, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(carrying_out, "LONGEST_PAUSE", 0.05)


# -- the usual way ---------------------------------------------------------------------------------


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


@pytest.mark.usefixtures("soon")
async def test_while_the_server_is_away_it_is_tried_for_ever_and_said(corner: Corner) -> None:
    before = counted("tally.stamp", "away")
    async with running(corner) as service, corner.client() as client:
        await weather(corner, "away", 7)
        await client.ask(Add(account="a", amount=1, stamps=1))
        await client.ask(Add(account="b", amount=1, stamps=1))
        problems = await until(service.health.problems)
        assert problems == {"effects": "tally.stamp: the stamp office is closed"}
        await all_done(corner)
        await client.ask(Add(account="a", amount=1))
        assert await service.health.problems() == {}
    assert await begun(corner) == [1] * 8
    assert await stamped(corner) == (1,)
    assert counted("tally.stamp", "away") - before == 7


@pytest.mark.usefixtures("soon")
async def test_what_is_broken_is_parked_holds_its_key_and_is_retried_by_an_operator(
    corner: Corner, capfd: pytest.CaptureFixture[str]
) -> None:
    async with running(corner), corner.client() as client:
        await weather(corner, "broken", 5)
        await client.ask(Add(account="a", amount=1, stamps=2))
        await client.ask(Add(account="b", amount=1, stamps=1))
        reasons = await until(lambda: parked(corner))
        assert reasons == ["nobody foresaw this (builtins.RuntimeError)"]
        assert await begun(corner) == [1] * 5
        await until(lambda: stamped(corner, "b"))
        assert REGISTRY.get_sample_value("portal_parked", {"service": "tally"}) is not None
        await until(lambda: _parked_shown())

        async def operator(work: Callable[..., Awaitable[Any]], *args: Any) -> Any:
            conn = await asyncpg.connect(corner.isolation.dsn("tally"))
            try:
                return await work(conn, *args)
            finally:
                await conn.close()

        (kept,) = await operator(kept_effects.list_effects)
        assert (kept.kind, kept.state, kept.attempts, kept.behind) == (
            *("tally.stamp", "parked", 5),
            1,
        )
        counts = await operator(kept_effects.counts)
        assert (counts.waiting, counts.parked) == (1, 1)
        assert await operator(kept_effects.starting_with, str(kept.id)[:8]) == [kept.id]
        assert await operator(kept_effects.retry, [kept.id]) == 1
        await all_done(corner)
        await client.ask(Add(account="a", amount=1))
    assert await begun(corner) == [1] * 6 + [2]
    assert await stamped(corner) == (1, 2)
    shown = capfd.readouterr()
    assert "quote a patient" not in shown.out + shown.err


async def _parked_shown() -> bool:
    return REGISTRY.get_sample_value("portal_parked", {"service": "tally"}) == 1.0


@pytest.mark.usefixtures("soon")
async def test_a_discarded_one_stays_as_evidence_and_holds_nothing(corner: Corner) -> None:
    async with running(corner), corner.client() as client:
        await weather(corner, "broken", 5)
        await client.ask(Add(account="a", amount=1, stamps=2))
        await until(lambda: parked(corner))
        conn = await asyncpg.connect(corner.isolation.dsn("tally"))
        (one,) = await kept_effects.parked(conn, "tally.stamp")
        assert await kept_effects.parked(conn, "tally.erase") == []
        assert await kept_effects.discard(conn, [one]) == 1
        assert await kept_effects.retry(conn, [one]) == 0, "for good"
        await conn.close()
        await until(lambda: stamped(corner))
    assert await stamped(corner) == (2,)
    rows = await corner.rows("select state, reason is not null from effects")
    assert [tuple(row) for row in rows] == [("discarded", True)]


@pytest.mark.usefixtures("soon")
async def test_what_takes_too_long_is_broken_off_and_tried_again(corner: Corner) -> None:
    before = counted("tally.stamp", "failed")
    async with running(corner), corner.client() as client:
        await weather(corner, "hanging", 1)
        began = monotonic()
        await client.ask(Add(account="a", amount=1, stamps=1))
        await all_done(corner)
        assert 3 <= monotonic() - began < 8
        await client.ask(Add(account="a", amount=1))
    assert await begun(corner) == [1, 1]
    assert await stamped(corner) == (1,)
    assert counted("tally.stamp", "failed") - before == 1


@pytest.mark.usefixtures("soon")
async def test_one_from_which_nobody_comes_back_is_parked(corner: Corner) -> None:
    """It may be what ends the process: were it tried for ever, nothing else would be done."""
    async with running(corner), corner.client() as client:
        await client.ask(Add(account="a", amount=1))
        await corner.rows(
            "insert into effects (id, key, kind, body, cause, correlation, attempts, failures) "
            "values (gen_random_uuid(), 'a', 'tally.stamp', '{\"account\":\"a\",\"number\":1}', "
            "gen_random_uuid(), '', 10, 10)"
        )
        assert await until(lambda: parked(corner)) == ["nobody came back from it 10 times"]
    assert await begun(corner) == []
