"""25: killed while timers fire or effects are carried out, or away while timers come due; 27:
killed while answering."""

from __future__ import annotations

import signal
from random import Random

from portal_runtime.observing import failpoints as fp
from tests.chaos.faults.base import Fault, Params, draw_instance
from tests.chaos.faults.f01_kill import KillAtStep
from tests.chaos.instances import Instance
from tests.chaos.stand import Stand

WITH_TIMERS = ("documents-0", "documents-1")
"""Those of providers come due within days, too seldom to wait for."""


class KillAtTimer(KillAtStep):
    """Between the claim of due timers, their publication, and their deletion."""

    number, name = 25, "kill while timers fire"
    may = "timers late by a restart; their commands published twice"
    weight = 1.5
    reached_within = 60.0
    steps: tuple[str, ...] = (fp.TIMER_CLAIMED, fp.TIMER_PUBLISHED, fp.TIMER_DELETED)

    def draw(self, random: Random) -> Params:
        step = f"{random.choice(self.steps)}:{random.randint(1, 2)}"
        return {"instance": random.choice(WITH_TIMERS), "step": step, "hold": 0.0}

    async def begin(self, stand: Stand, params: Params) -> bool:
        """The others of the service are away, or they would be there first."""
        for other in _others(stand, params):
            other.hold(signal.SIGKILL)
        return await super().begin(stand, params)

    async def heal(self, stand: Stand, params: Params) -> None:
        await super().heal(stand, params)
        for other in _others(stand, params):
            other.held = False


class KillAtEffect(KillAtTimer):
    """Between the claim of an effect, the work, its answer, and the end of its row."""

    number, name = 25, "kill while effects are carried out"
    may = "documents sealed and deleted late by a lease; their answers published twice"
    steps = (fp.EFFECT_CLAIMED, fp.EFFECT_CARRIED_OUT, fp.EFFECT_PUBLISHED, fp.EFFECT_DELETED)


def _others(stand: Stand, params: Params) -> list[Instance]:
    mine = stand.fleet.get(params["instance"])
    return [one for one in stand.fleet.of(mine.service) if one is not mine]


class SchedulerAway(Fault):
    """All instances of the documents service, while its clock goes on."""

    number, name, lane = 25, "whoever fires timers is away", "processes"
    may = "timers late by the time of the fault"
    weight = 0.5

    def draw(self, random: Random) -> Params:
        return {"hold": random.uniform(8.0, 20.0)}

    async def begin(self, stand: Stand, params: Params) -> bool:
        there = [one.hold(signal.SIGKILL) for one in stand.fleet.of("documents")]
        return any(there)

    async def heal(self, stand: Stand, params: Params) -> None:
        for instance in stand.fleet.of("documents"):
            instance.held = False


class KillWhileAnswering(KillAtStep):
    """A query's answer is made and never leaves; whoever asked gives up."""

    number, name = 27, "kill while answering a query"
    may = "queries without an answer"
    weight = 0.7
    reached_within = 60.0
    steps = (fp.QUERY_ANSWERED,)

    def draw(self, random: Random) -> Params:
        """Soon: an instance is asked a few questions a second."""
        step = f"{fp.QUERY_ANSWERED}:{random.randint(1, 3)}"
        return {"instance": draw_instance(random), "step": step, "hold": 0.0}
