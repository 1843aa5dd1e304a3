"""Effects that fail: tried while a server is away, parked when broken, retried by an operator."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import asyncpg
import pytest
from prometheus_client import REGISTRY

from portal_runtime.recovery import kept_effects
from portal_runtime.scheduling import carrying_out
from tests.integration.runtime.conftest import Corner
from tests.integration.runtime.effects_seen import (
    all_done,
    begun,
    counted,
    parked,
    running,
    stamped,
    until,
    weather,
)
from tests.support.tally import Add


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried again soon."""
    monkeypatch.setattr(carrying_out, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(carrying_out, "LONGEST_PAUSE", 0.05)


# -- the usual way ---------------------------------------------------------------------------------


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
        assert reasons == ["unforeseen error (builtins.RuntimeError)"]
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
