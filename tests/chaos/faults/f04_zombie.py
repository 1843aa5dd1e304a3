"""4: an instance is frozen, given up, perhaps replaced, and wakes up."""

from __future__ import annotations

import asyncio
import signal
import time
from random import Random

from tests.chaos.faults.base import Fault, Params, draw_instance
from tests.chaos.stand import Stand

ENDS_WITHIN = 90.0
"""Seconds. It asks the database whether it still has its name, and other faults may be keeping that
from it just then."""


class Freeze(Fault):
    """SIGSTOP, then SIGCONT."""

    number, name, lane = 4, "frozen, wakes up", "processes"
    may = "answers late by a session time-out; records published again"

    def draw(self, random: Random) -> Params:
        return {
            "instance": draw_instance(random),
            "hold": random.choice((3.0, 12.0, 12.0, 25.0, 60.0)),
        }

    async def begin(self, stand: Stand, params: Params) -> bool:
        instance = stand.fleet.get(params["instance"])
        params["process"] = instance.process
        return instance.signal(signal.SIGSTOP)

    async def heal(self, stand: Stand, params: Params) -> None:
        params.pop("process").send(signal.SIGCONT)


class Replaced(Fault):
    """Frozen, another process takes its name, and it wakes up: it has to end itself."""

    number, name, lane = 4, "frozen, replaced, wakes up", "processes"
    may = Freeze.may

    def draw(self, random: Random) -> Params:
        return {"instance": draw_instance(random), "hold": random.choice((5.0, 12.0, 25.0))}

    async def begin(self, stand: Stand, params: Params) -> bool:
        instance = stand.fleet.get(params["instance"])
        there = instance.signal(signal.SIGSTOP)
        params["process"] = old = instance.replace()
        stand.fleet.forsake(old)
        return there

    async def heal(self, stand: Stand, params: Params) -> None:
        old = params.pop("process", None)
        if old is None:
            return
        old.send(signal.SIGCONT)
        deadline = time.monotonic() + ENDS_WITHIN
        while old.alive and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        if old.alive:
            stand.notes.append(f"{params['instance']}: a replaced process that woke up did not end")
            await asyncio.to_thread(old.kill)  # one violation is enough; the run is to go on
