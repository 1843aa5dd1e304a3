"""5: the broker is killed and comes back; 6: it is away for longer than a request may take."""

from __future__ import annotations

import asyncio
from random import Random

from portal_cli.infra.base import silent
from tests.chaos.faults.base import Fault, Params
from tests.chaos.stand import Stand


class BrokerKilled(Fault):
    """kill -9 of the only broker; what it has acknowledged is on its disk."""

    number, name, lane = 5, "Kafka killed", "servers"
    may = "answers late by the time of the fault and a session time-out"
    weight = 0.5
    away = True

    def draw(self, random: Random) -> Params:
        return {"hold": random.choice((0.0, 3.0, 10.0))}

    async def begin(self, stand: Stand, params: Params) -> bool:
        await asyncio.to_thread(stand.infra.kafka.kill)
        return True

    async def heal(self, stand: Stand, params: Params) -> None:
        await asyncio.to_thread(stand.infra.kafka.start, silent)


class BrokerAway(BrokerKilled):
    """Stopped in order, away for longer than `request_timeout` of a producer."""

    number, name = 6, "Kafka away > 40 s"
    weight = 0.25

    def draw(self, random: Random) -> Params:
        return {"hold": random.uniform(42.0, 50.0)}

    async def begin(self, stand: Stand, params: Params) -> bool:
        await asyncio.to_thread(stand.infra.kafka.stop)
        return True
