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
ROUNDS = 5
"""At most: a session that is killed frees a place, which its service or we may get."""
FREED_WITHIN = 0.2


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
        return {"service": random.choice(SERVICES), "hold": random.uniform(3.0, 10.0)}

    async def begin(self, stand: Stand, params: Params) -> bool:
        taken = params["taken"] = []
        async with stand.server() as conn:
            for _ in range(ROUNDS):
                await self._take_all(stand, taken)
                if not await kill_sessions(conn, params["service"]):
                    break
                await asyncio.sleep(FREED_WITHIN)
        params["count"] = len(taken)
        return True

    async def _take_all(self, stand: Stand, taken: list[asyncpg.Connection]) -> None:
        with contextlib.suppress(asyncpg.TooManyConnectionsError):
            while True:
                taken.append(await asyncpg.connect(f"{stand.direct.postgres}/postgres"))

    async def struck(self, stand: Stand, params: Params) -> bool:
        """Whether one more connection is refused: what the service lost, it did not get back."""
        try:
            conn = await asyncpg.connect(stand.dsn(params["service"]))
        except asyncpg.TooManyConnectionsError:
            return True
        await conn.close()
        return False

    async def heal(self, stand: Stand, params: Params) -> None:
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
