"""29: a transaction stands open and holds what services need; 31: and keeps dead rows."""

from __future__ import annotations

from random import Random

import asyncpg

from tests.chaos.faults.base import Fault, Params
from tests.chaos.stand import SHAPE, Stand

LOCKED = ("inbox", "journal", "journal_bulk", "batches", "timers", "parked")


class Locked(Fault):
    """No writes to one of the runtime's tables until the transaction ends."""

    number, name, lane = 29, "table locked by a long transaction", "data"
    may = "answers late by the time of the fault"

    def draw(self, random: Random) -> Params:
        return {
            "service": random.choice(list(SHAPE)),
            "table": random.choice(LOCKED),
            "hold": random.choice((5.0, 20.0, 60.0)),
        }

    async def begin(self, stand: Stand, params: Params) -> bool:
        await self._open(stand, params, f"lock table {params['table']} in share mode")
        return True

    async def _open(self, stand: Stand, params: Params, first: str) -> None:
        conn = params["conn"] = await asyncpg.connect(stand.dsn(params["service"]))
        await conn.execute(f"begin isolation level repeatable read; {first}")

    async def heal(self, stand: Stand, params: Params) -> None:
        conn = params.pop("conn", None)
        if conn is not None:
            conn.terminate()


class OldSnapshot(Locked):
    """An idle transaction with a snapshot: nothing can be vacuumed behind it."""

    number, name = 31, "old snapshot, no vacuum"
    may = "nothing but dead rows"
    weight = 0.5

    def draw(self, random: Random) -> Params:
        return {"service": random.choice(list(SHAPE)), "hold": random.uniform(20.0, 60.0)}

    async def begin(self, stand: Stand, params: Params) -> bool:
        await self._open(stand, params, "select count(*) from timers")
        return True
