"""19: instances come and go; 21: one side of everything is a hundred times slower."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from random import Random

from tests.chaos.faults.base import Fault, Params, Weathered
from tests.chaos.instances import Instance
from tests.chaos.stand import SIDES, Stand

FIRST = 10
"""Numbers of the instances that come and go."""
STAYS = 12.0, 25.0
"""Seconds, from … to: a start takes two to six of them under load, a rebalance a few more."""
_TOOK_PART = re.compile(r"\bpartitions assigned\b.*\bcount=[1-9]")
"""In a log. A process that was merely started has moved nobody's partitions."""


class Storm(Fault):
    """Up to three more instances of a service, started and ended at odd moments."""

    number, name, lane = 19, "instances come and go", "processes"
    may = "answers late by rebalances; records published again"

    def draw(self, random: Random) -> Params:
        return {
            "service": random.choice(("claims", "claims", "documents", "eligibility")),
            "pauses": [random.uniform(0.0, 3.0) for _ in range(random.randint(1, 3))],
            "kill": random.random() < 0.5,
            "hold": random.uniform(*STAYS),
        }

    async def begin(self, stand: Stand, params: Params) -> bool:
        more: list[Instance] = []
        params["more"] = more
        model = stand.fleet.of(params["service"])[0]
        for number, pause in enumerate(params["pauses"], FIRST):
            another = model.another(number)
            more.append(another)
            stand.fleet.guests.append(another)
            another.start()
            await asyncio.sleep(pause)
        return any(instance.alive for instance in more)

    async def struck(self, stand: Stand, params: Params) -> bool:
        params["took_part"] = sum(took_part(one.process.log) for one in params["more"])
        return bool(params["took_part"])

    async def heal(self, stand: Stand, params: Params) -> None:
        for instance in params.pop("more", ()):
            instance.wanted = False
            if params["kill"]:
                await asyncio.to_thread(instance.process.kill)
            else:
                await asyncio.to_thread(instance.process.stop)


def took_part(log: Path) -> bool:
    """Whether the process that writes there was given partitions."""
    return bool(_TOOK_PART.search(log.read_text(errors="replace"))) if log.exists() else False


class Slow(Weathered):
    """Every answer of the database takes a fifth of a second for half of the instances."""

    number, name = 21, "database slow for a side"
    may = "answers late, those of the other side too where they wait in one partition"

    def draw(self, random: Random) -> Params:
        return {"side": random.choice(SIDES), "hold": random.uniform(15.0, 30.0)}

    def route(self, params: Params) -> str:
        return f"postgres-{params['side']}"

    def weather(self, params: Params) -> Params:
        return {"delay": 0.1}
