"""When which fault strikes, drawn before anything runs; and carrying it out."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import get_args

import asyncpg
from aiokafka.errors import KafkaError

from tests.chaos.faults import Fault, Lane, Params
from tests.chaos.instances import Say
from tests.chaos.intent import IntentLog
from tests.chaos.stand import Stand

PAUSES = {
    "processes": (0.5, 5.0),
    "servers": (8.0, 25.0),
    "network": (2.0, 12.0),
    "data": (1.0, 10.0),
}
"""Seconds between the end of a fault and the next of its lane, from … to."""
BEGIN_AFTER = 5.0
HEALS_WITHIN = 120.0
BY_SERVERS = (OSError, KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError)


Family = tuple[int, str]
"""Number and name of a fault."""
TRIED_ENOUGH = 3


@dataclass
class Tally:
    """How often a fault struck, and how often it only meant to."""

    struck: int = 0
    not_reached: int = 0
    """It did not take place: the step was not passed, no letter lay there, nobody was hurt."""
    missed: int = 0
    """Another fault had taken away what this one needs."""

    @property
    def tried(self) -> int:
        return self.struck + self.not_reached + self.missed


@dataclass(frozen=True)
class Planned:
    """One fault to come."""

    lane: Lane
    fault: Fault
    pause: float
    params: Params

    def __str__(self) -> str:
        shown = json.dumps(self.params)
        return f"{self.lane} +{self.pause:.1f}s {self.fault.number} {self.fault.name} {shown}"


def draw(seed: int, minutes: float, faults: Sequence[Fault]) -> dict[Lane, list[Planned]]:
    """More than can strike in the time: a lane goes through its list until the time is over."""
    return {lane: _lane(lane, seed, minutes, faults) for lane in get_args(Lane)}


def _lane(lane: Lane, seed: int, minutes: float, faults: Sequence[Fault]) -> list[Planned]:
    random = Random(f"{seed} {lane}")
    among = [fault for fault in faults if fault.lane == lane]
    if not among:
        return []
    weights = [fault.weight for fault in among]
    count = int(minutes * 60 / PAUSES[lane][0]) + 1
    return [
        Planned(lane, fault, random.uniform(*PAUSES[lane]), fault.draw(random))
        for fault in random.choices(among, weights, k=count)
    ]


class Nemesis:
    """Carries the plan out."""

    def __init__(self, stand: Stand, log: IntentLog, say: Say) -> None:
        self._stand = stand
        self._log = log
        self._say = say
        self.tally: dict[Family, Tally] = {}

    async def run(self, plan: dict[Lane, list[Planned]], until: float) -> None:
        """Until the time (of `time.monotonic`) is over; every fault that began is healed."""
        await asyncio.sleep(BEGIN_AFTER)
        await asyncio.gather(*(self._lane(planned, until) for planned in plan.values()))

    async def _lane(self, planned: list[Planned], until: float) -> None:
        for one in planned:
            self.tally.setdefault(one.fault.family, Tally())
        for one in planned:
            left = until - time.monotonic() - one.pause
            if one.params["hold"] > left:
                continue  # shortened it would be another fault; a shorter one may still fit
            await asyncio.sleep(one.pause)
            await self._strike(one)

    async def _strike(self, one: Planned) -> None:
        fault, params, tally = one.fault, dict(one.params), self.tally[one.fault.family]
        began = False
        about = {"fault": fault.number, "name": fault.name}
        self._log.fact(**about, params=one.params, begins=True)
        try:
            began = await fault.begin(self._stand, params)
            await asyncio.sleep(params["hold"])
            if began and await fault.struck(self._stand, params):
                tally.struck += 1
            else:
                tally.not_reached += 1
        except BY_SERVERS:
            tally.missed += 1
        except Exception as error:  # a fault that does not strike is no proof of anything
            tally.missed += 1
            note = f"{fault.name} could not strike: {type(error).__name__} {error}"
            self._stand.notes.append(note)
        finally:
            await self._heal(fault, params)
        shown = {k: v for k, v in params.items() if isinstance(v, str | int | float | bool)}
        self._log.fact(**about, params=shown, healed=True, away=fault.away and began)
        self._say(f"{fault.number:>2} {fault.name} {json.dumps(shown)}")

    async def _heal(self, fault: Fault, params: Params) -> None:
        """However often it takes: what healing needs may be away through another fault."""
        deadline = time.monotonic() + HEALS_WITHIN
        while True:
            try:
                await fault.heal(self._stand, params)
                return
            except BY_SERVERS:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.5)
