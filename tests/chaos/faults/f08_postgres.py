"""8: PostgreSQL ends sessions, restarts, has none left; 9: it takes no writes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from random import Random

import asyncpg

from portal_cli.infra.base import silent
from tests.chaos.faults.base import Fault, Params
from tests.chaos.stand import SHAPE, Stand

SERVICES = tuple(SHAPE)
STOPS_WITHIN = 30.0
KEPT_EVERY = 0.05
"""Seconds between two looks at who else got a place."""


async def kill_sessions(conn: asyncpg.Connection, service: str) -> int:
    """How many there were."""
    return len(await conn.fetch(_KILL, f"portal_{service}"))


class SessionsKilled(Fault):
    """Every session of a service is ended, whatever it does at the moment."""

    number, name, lane = 8, "sessions killed", "data"
    may = "answers late by a new connection"

    def draw(self, random: Random) -> Params:
        return {"service": random.choice(SERVICES), "hold": 0.0}

    async def begin(self, stand: Stand, params: Params) -> bool:
        async with stand.server() as conn:
            params["sessions"] = await kill_sessions(conn, params["service"])
        return bool(params["sessions"])

    async def heal(self, stand: Stand, params: Params) -> None:
        """Nothing to undo."""


class Restarted(Fault):
    """The whole server: fast (sessions rolled back) or immediate (as after a loss of power)."""

    number, name, lane = 8, "PostgreSQL restarted", "servers"
    may = "answers late by the time of the fault"
    away = True

    def draw(self, random: Random) -> Params:
        return {
            "how": random.choice(("fast", "immediate")),
            "hold": random.choice((0.0, 4.0, 12.0)),
        }

    async def begin(self, stand: Stand, params: Params) -> bool:
        server = stand.infra.postgres
        if params["how"] == "immediate" and server.pid is not None:
            os.kill(server.pid, signal.SIGQUIT)
            deadline = time.monotonic() + STOPS_WITHIN
            while server.alive and time.monotonic() < deadline:
                await asyncio.sleep(0.05)
        await asyncio.to_thread(server.stop)
        return True

    async def heal(self, stand: Stand, params: Params) -> None:
        await asyncio.to_thread(stand.infra.postgres.start, silent)


class Exhausted(Fault):
    """Every connection is taken by others, and a service loses those it has."""

    number, name, lane = 8, "max_connections taken", "servers"
    may = "answers late by the time of the fault"
    weight = 0.7

    def draw(self, random: Random) -> Params:
        return {"service": random.choice(SERVICES), "hold": random.uniform(5.0, 12.0)}

    async def begin(self, stand: Stand, params: Params) -> bool:
        params |= {"taken": [], "without": 0, "over": asyncio.Event()}
        await self._take_all(stand, params["taken"])  # takes seconds by itself
        params["keeper"] = asyncio.create_task(self._keep(stand, params))
        return True

    async def _keep(self, stand: Stand, params: Params) -> None:
        """Others' sessions end and free places all the time; what the service gets it loses."""
        while not params["over"].is_set():
            await self._take_all(stand, params["taken"])
            if await kill_sessions(params["taken"][0], params["service"]):
                continue  # at once: whoever is quicker gets the place
            params["without"] += 1
            await asyncio.sleep(KEPT_EVERY)

    async def _take_all(self, stand: Stand, taken: list[asyncpg.Connection]) -> None:
        with contextlib.suppress(asyncpg.TooManyConnectionsError):
            while True:
                taken.append(await asyncpg.connect(f"{stand.direct.postgres}/postgres"))

    async def struck(self, stand: Stand, params: Params) -> bool:
        """Whether the service was ever seen without a session while one more was refused."""
        params["over"].set()
        await params["keeper"]  # what went wrong with it, went wrong with the fault
        params["count"] = len(params["taken"])
        return bool(params["without"])

    async def heal(self, stand: Stand, params: Params) -> None:
        keeper = params.pop("keeper", None)
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        for conn in params.pop("taken", ()):
            conn.terminate()


class ReadOnly(Fault):
    """As a full disk makes it: a service's database takes no writes."""

    number, name, lane = 9, "database read-only", "data"
    may = "answers late by the time of the fault"

    def draw(self, random: Random) -> Params:
        return {"service": random.choice(SERVICES), "hold": random.uniform(3.0, 12.0)}

    async def begin(self, stand: Stand, params: Params) -> bool:
        await self._set(stand, params["service"], "on")
        return True

    async def heal(self, stand: Stand, params: Params) -> None:
        await self._set(stand, params["service"], "off")

    async def _set(self, stand: Stand, service: str, value: str) -> None:
        async with stand.server() as conn:
            await conn.execute(
                f"alter database portal_{service} set default_transaction_read_only = {value}"
            )
            await kill_sessions(conn, service)


_KILL = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1"
