"""7: the network between one side of the services and a server: cut, slow, deaf one way, resets."""

from __future__ import annotations

from random import Random

from tests.chaos.faults.base import Params, Weathered
from tests.chaos.stand import SIDES

ROUTES = tuple(f"{kind}-{side}" for kind in ("kafka", "postgres") for side in SIDES)
WEATHERS: tuple[tuple[Params, tuple[float, ...]], ...] = (
    ({"cut": True}, (1.0, 6.0, 20.0)),
    ({"deaf": "up"}, (3.0, 15.0)),
    ({"deaf": "down"}, (3.0, 15.0)),
    ({"delay": 0.5}, (5.0, 15.0)),
    ({"resets": 0.05}, (5.0, 15.0)),
)


class Network(Weathered):
    """Half of the instances are behind it, the others are not."""

    number, name = 7, "network"
    may = "answers late by the time of the fault and a session time-out"
    weight = 3.0

    def draw(self, random: Random) -> Params:
        weather, holds = random.choice(WEATHERS)
        return {"route": random.choice(ROUTES), **weather, "hold": random.choice(holds)}
