"""What a fault is: drawn from a seed, begun, healed; with its number in docs/promises.md."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from random import Random
from typing import Any, ClassVar, Literal

from tests.chaos.stand import SHAPE, Stand

Params = dict[str, Any]
"""Plain values: the plan is printed and kept, so that a run can be repeated."""

Lane = Literal["processes", "servers", "network", "data"]
"""Faults of one lane come one after another; the lanes run beside each other."""


class Fault(ABC):
    """One family. Stateless: what it needs to heal it keeps in the parameters' own dictionary."""

    number: ClassVar[int]
    name: ClassVar[str]
    lane: ClassVar[Lane]
    may: ClassVar[str]
    """What it may rightly cause; everything else is a violation."""
    weight: ClassVar[float] = 1.0
    """How often it is drawn, against the others of its lane."""
    away: ClassVar[bool] = False
    """Whether a whole server is away from everybody until it is healed."""

    @property
    def family(self) -> tuple[int, str]:
        return self.number, self.name

    @abstractmethod
    def draw(self, random: Random) -> Params:
        """Parameters; `hold` is how long it lasts, in seconds."""

    @abstractmethod
    async def begin(self, stand: Stand, params: Params) -> bool:
        """Whether it struck: what it hits was there, the step was reached."""

    async def struck(self, stand: Stand, params: Params) -> bool:
        """Asked when it has lasted and is about to be healed, if it began well."""
        return True

    @abstractmethod
    async def heal(self, stand: Stand, params: Params) -> None:
        """Always called, also when `begin` failed."""


class Weathered(Fault):
    """The proxy of a route is given weather; it struck only if somebody was out in it."""

    lane: ClassVar[Lane] = "network"

    def route(self, params: Params) -> str:
        return str(params["route"])

    def weather(self, params: Params) -> Params:
        return {name: value for name, value in params.items() if name not in ("route", "hold")}

    async def begin(self, stand: Stand, params: Params) -> bool:
        stand.proxies.tell(self.route(params), **self.weather(params))
        return True

    async def struck(self, stand: Stand, params: Params) -> bool:
        done = await asyncio.to_thread(stand.proxies.done, self.route(params))
        params.update(done)
        return any(done.values())

    async def heal(self, stand: Stand, params: Params) -> None:
        stand.proxies.tell(self.route(params))


INSTANCES = tuple(f"{service}-{side}" for service, sides in SHAPE.items() for side in sides)


def draw_instance(random: Random) -> str:
    """Claims carry most of the load, so they are hit most often."""
    if random.random() < 0.4:
        return random.choice([name for name in INSTANCES if name.startswith("claims-")])
    return random.choice(INSTANCES)
