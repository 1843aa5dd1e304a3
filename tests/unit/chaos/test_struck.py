"""A fault that began has not struck yet: each is asked what it has really done."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import pytest

from tests.chaos.faults import Fault, Params, f08_postgres
from tests.chaos.faults.f07_network import Network
from tests.chaos.faults.f08_postgres import Exhausted
from tests.chaos.faults.f11_store import StoreUnwell
from tests.chaos.faults.f19_scale import STAYS, Slow, Storm
from tests.chaos.stand import Stand


class _Proxies:
    def __init__(self, done: dict[str, int]) -> None:
        self._done = done
        self.told: list[tuple[str, dict[str, Any]]] = []

    def tell(self, route: str, **weather: Any) -> None:
        self.told.append((route, weather))

    def done(self, route: str) -> dict[str, int]:
        assert route == self.told[-1][0]
        return self._done


async def _struck(fault: Fault, done: dict[str, int]) -> tuple[bool, _Proxies, Params]:
    proxies = _Proxies(done)
    params = fault.draw(Random(1))
    stand = cast(Stand, SimpleNamespace(proxies=proxies))
    began = await fault.begin(stand, params)
    struck = began and await fault.struck(stand, params)
    await fault.heal(stand, params)
    return struck, proxies, params


@pytest.mark.parametrize("fault", [Network(), StoreUnwell(), Slow()])
async def test_weather_strikes_only_if_somebody_was_out_in_it(fault: Fault) -> None:
    assert not (await _struck(fault, {}))[0]
    assert not (await _struck(fault, {"altered": 0}))[0]
    struck, proxies, params = await _struck(fault, {"delayed": 3})
    assert struck
    assert params["delayed"] == 3
    (route, weather), (healed, clear) = proxies.told
    assert weather.keys() & {"cut", "deaf", "delay", "resets", "truncate", "wrong_etags"}
    assert (healed, clear) == (route, {})


READY = "2026-11-26T01:00:00Z [info     ] ready      port=8101 service=claims\n"
ASSIGNED = "2026-11-26T01:00:00Z [info     ] partitions assigned   count={} topic=claims.commands\n"


@pytest.mark.parametrize(
    ("logs", "struck"),
    [
        ((), False),
        (("",), False),
        ((READY, READY + ASSIGNED.format(0)), False),
        (("", READY + ASSIGNED.format(2)), True),
    ],
)
async def test_instances_that_come_have_come_when_they_are_given_partitions(
    tmp_path: Path, logs: tuple[str, ...], struck: bool
) -> None:
    more = []
    for number, text in enumerate(logs):
        (tmp_path / str(number)).write_text(text)
        more.append(SimpleNamespace(process=SimpleNamespace(log=tmp_path / str(number))))
    more.append(SimpleNamespace(process=SimpleNamespace(log=tmp_path / "never written")))
    assert await Storm().struck(cast(Stand, None), {"more": more}) is struck


def test_instances_that_come_stay_long_enough_to_take_part() -> None:
    random = Random(1)
    assert all(Storm().draw(random)["hold"] >= STAYS[0] >= 10 for _ in range(100))


class _Server:
    """Five places, two of them with a service that wants back what is taken from it."""

    def __init__(self) -> None:
        self.places = 5
        self.of_the_service = 2
        self.kills = 0

    async def connect(self, dsn: str) -> Any:
        if self.places <= self.of_the_service:
            raise asyncpg.TooManyConnectionsError
        self.places -= 1
        return SimpleNamespace(terminate=self._freed)

    async def kill(self, conn: Any, service: str) -> int:
        """The first time one session of the service comes back before we do."""
        self.kills += 1
        ended, self.of_the_service = self.of_the_service, 1 if self.kills == 1 else 0
        return ended

    def _freed(self) -> None:
        self.places += 1


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> _Server:
    server = _Server()
    monkeypatch.setattr("tests.chaos.faults.f08_postgres.asyncpg.connect", server.connect)
    monkeypatch.setattr(f08_postgres, "kill_sessions", server.kill)
    monkeypatch.setattr(f08_postgres, "KEPT_EVERY", 0.0)
    return server


STAND = cast(Stand, SimpleNamespace(direct=SimpleNamespace(postgres="nowhere")))


async def _lasts() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_every_place_is_taken_and_what_others_free_meanwhile(server: _Server) -> None:
    params: Params = {"service": "claims", "hold": 3.0}
    assert await Exhausted().begin(STAND, params)
    assert (server.places, server.of_the_service) == (2, 2)  # all, before it begins to last
    await _lasts()
    assert (server.places, server.of_the_service) == (0, 0)
    server.places += 1
    await _lasts()
    assert server.places == 0
    assert await Exhausted().struck(STAND, params)
    assert params["count"] == 6
    await Exhausted().heal(STAND, params)
    assert server.places == 6


async def test_a_service_that_always_was_quicker_was_not_hit(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def come_back_at_once(conn: Any, service: str) -> int:
        await asyncio.sleep(0)
        return server.of_the_service

    monkeypatch.setattr(f08_postgres, "kill_sessions", come_back_at_once)
    params: Params = {"service": "claims", "hold": 3.0}
    assert await Exhausted().begin(STAND, params)
    await _lasts()
    assert not await Exhausted().struck(STAND, params)
    await Exhausted().heal(STAND, params)


async def test_its_places_are_given_back_although_it_could_not_begin(server: _Server) -> None:
    params: Params = {"service": "claims", "hold": 3.0}
    assert await Exhausted().begin(STAND, params)
    await Exhausted().heal(STAND, params)
    await _lasts()
    assert server.places == 5
