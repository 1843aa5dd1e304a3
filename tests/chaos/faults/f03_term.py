"""3: SIGTERM under load, with less grace than the work in flight may need."""

from __future__ import annotations

import signal
from random import Random

from tests.chaos.faults.base import Fault, Params, draw_instance
from tests.chaos.stand import Stand


class Terminate(Fault):
    """As an orchestrator does at a deployment."""

    number, name, lane = 3, "SIGTERM, short grace", "processes"
    may = "answers late by a restart; records published again where the grace was too short"

    def draw(self, random: Random) -> Params:
        grace = random.choice((0.1, 0.3, 1.0, 10.0))
        return {"instance": draw_instance(random), "grace": grace, "hold": 0.0}

    async def begin(self, stand: Stand, params: Params) -> bool:
        instance = stand.fleet.get(params["instance"])
        there = instance.hold(signal.SIGTERM)
        params["in_time"] = await instance.ended(params["grace"])
        return there

    async def heal(self, stand: Stand, params: Params) -> None:
        instance = stand.fleet.get(params["instance"])
        instance.signal(signal.SIGKILL)
        await instance.ended(5)
        instance.held = False
