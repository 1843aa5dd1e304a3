"""8: PostgreSQL ends its connections under its clients."""

from __future__ import annotations

from random import Random

import asyncpg

from tests.chaos.faults.base import Fault, Params
from tests.chaos.stand import SHAPE, Stand


class BackendsKilled(Fault):
    """Every session of a service is ended, whatever it does at the moment."""

    number, name, lane = 8, "sessions killed", "servers"
    may = "answers late by a new connection"

    def draw(self, random: Random) -> Params:
        return {"service": random.choice(list(SHAPE)), "hold": 0.0}

    async def begin(self, stand: Stand, params: Params) -> None:
        conn = await asyncpg.connect(f"{stand.direct.postgres}/postgres")
        try:
            await conn.execute(_KILL, f"portal_{params['service']}")
        finally:
            await conn.close()

    async def heal(self, stand: Stand, params: Params) -> None:
        """Nothing to undo."""


_KILL = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1"
