"""11: the object store is away; 12: it is slow, lies, or cuts answers off in the middle."""

from __future__ import annotations

import asyncio
from random import Random

from portal_cli.infra.base import silent
from tests.chaos.faults.base import Fault, Params, Weathered
from tests.chaos.stand import SIDES, Stand

_WEATHERS: tuple[Params, ...] = (
    {"delay": 3.0},
    {"delay": 10.0},
    {"truncate": 0.3},
    {"resets": 0.2},
    {"wrong_etags": True},
)


class StoreAway(Fault):
    """Killed, for services and uploaders alike."""

    number, name, lane = 11, "object store killed", "servers"
    may = "documents late by the time of the fault; uploads that their senders repeat or give up"
    away = True

    def draw(self, random: Random) -> Params:
        return {"hold": random.choice((1.0, 5.0, 20.0))}

    async def begin(self, stand: Stand, params: Params) -> bool:
        await asyncio.to_thread(stand.infra.s3.kill)
        return True

    async def heal(self, stand: Stand, params: Params) -> None:
        await asyncio.to_thread(stand.infra.s3.start, silent)


class StoreUnwell(Weathered):
    """Between the store and one side of the documents service.

    Nothing of ours reads an ETag: the SHA-256 of the content decides. Wrong ones are tried because
    a client library could choke on them.
    """

    number, name = 12, "object store slow, cut off or lying"
    may = "documents late by the time of the fault"

    def draw(self, random: Random) -> Params:
        weather: Params = random.choice(_WEATHERS)
        return {"route": f"s3-{random.choice(SIDES)}", **weather, "hold": random.uniform(8, 20)}
