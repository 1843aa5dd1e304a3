"""1: killed at any moment or at a step of the recipe; 2: between Kafka and the note of it."""

from __future__ import annotations

import asyncio
import signal
from random import Random
from time import monotonic
from typing import ClassVar

from portal_contracts.topics import BULK_SERVICES
from portal_runtime.observing import failpoints as fp
from tests.chaos.faults.base import INSTANCES, Fault, Params, draw_instance
from tests.chaos.instances import FAILPOINTS, Instance
from tests.chaos.stand import Stand

LAST_TURN = 8
"""Of how many times the step is passed the last may be drawn: a quiet instance passes it seldom."""
RECIPE = (
    *(fp.TAKEN, fp.AFTER_UNPUBLISHED, fp.LOADED, fp.IN_TRANSACTION, fp.AFTER_DB_COMMIT),
    fp.AFTER_OFFSETS,
)
WITH_BULK = tuple(name for name in INSTANCES if name.rsplit("-", 1)[0] in BULK_SERVICES)
"""Unpublished batches go first only with several topics of commands, once per assignment."""


class Kill(Fault):
    """kill -9 from outside."""

    number, name, lane = 1, "kill -9", "processes"
    may = "answers late by a restart; records published again"
    weight = 2.0

    def draw(self, random: Random) -> Params:
        return {"instance": draw_instance(random), "hold": 0.0}

    async def begin(self, stand: Stand, params: Params) -> bool:
        return stand.fleet.get(params["instance"]).signal(signal.SIGKILL)

    async def heal(self, stand: Stand, params: Params) -> None:
        """The fleet starts it again."""


class KillAtStep(Fault):
    """Started anew so that it dies at a step of the recipe, and then once more without."""

    number, name, lane = 1, "kill at a step", "processes"
    may = Kill.may
    weight = 3.0
    steps: tuple[str, ...] = RECIPE
    reached_within: ClassVar[float] = 30.0
    """Seconds, of which the start takes some, and a server that is away takes more."""

    def draw(self, random: Random) -> Params:
        step = random.choice(self.steps)
        if step == fp.AFTER_UNPUBLISHED:
            return {"instance": random.choice(WITH_BULK), "step": f"{step}:1", "hold": 0.0}
        turn = random.randint(1, LAST_TURN)
        return {"instance": draw_instance(random), "step": f"{step}:{turn}", "hold": 0.0}

    async def begin(self, stand: Stand, params: Params) -> bool:
        instance = stand.fleet.get(params["instance"])
        instance.hold(signal.SIGKILL)
        await instance.ended(5)
        params["reached"] = await _dies_at(instance, params["step"], self.reached_within)
        return bool(params["reached"])

    async def heal(self, stand: Stand, params: Params) -> None:
        instance = stand.fleet.get(params["instance"])
        instance.signal(signal.SIGKILL)
        await instance.ended(5)
        instance.held = False


async def _dies_at(instance: Instance, step: str, within: float) -> bool:
    """Whether it got that far in time; what ends because a server is away is started once more."""
    deadline = monotonic() + within
    while (left := deadline - monotonic()) > 0:
        instance.start(**{FAILPOINTS: step})
        if not await instance.ended(left):
            return False
        if instance.process.code == -signal.SIGKILL:
            return True
        await asyncio.sleep(1)
    return False


class KillWhilePublishing(KillAtStep):
    """Between Kafka's acknowledgement and the note that it was published."""

    number, name = 2, "kill after publishing"
    may = "records published twice, one effect"
    weight = 1.5
    steps = (fp.HALF_PUBLISHED, fp.AFTER_PUBLISH, fp.AFTER_MARK)
