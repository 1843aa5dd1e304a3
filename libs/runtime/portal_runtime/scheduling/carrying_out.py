"""Carrying out one effect: the work, its answer, and what becomes of its row."""

import asyncio
from datetime import timedelta
from time import monotonic
from typing import Any

from portal_contracts.base import Command
from portal_runtime.clock import Clock
from portal_runtime.errors import Overran, Unavailable
from portal_runtime.observing.causes import cause
from portal_runtime.observing.failpoints import (
    EFFECT_CARRIED_OUT,
    EFFECT_DELETED,
    EFFECT_PUBLISHED,
    failpoint,
)
from portal_runtime.observing.logs import logger, where
from portal_runtime.observing.metrics import EFFECT_TIME, EFFECTS
from portal_runtime.routes import EffectRoute, Surroundings
from portal_runtime.scheduling.effect_rows import Claim, EffectRows
from portal_runtime.scheduling.own_commands import OwnCommand, OwnCommands
from portal_runtime.wire.encoding import derived_id, to_json
from portal_runtime.wire.outgoing import Publisher

FAILURES = 5
"""After so many an effect is parked."""
UNHEARD_OF = 10
"""So many times nobody came back with word of it: perhaps it is what ends the process."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0
SHOWN = 5.0
"""Seconds that a trouble is shown beyond the time at which it is looked at again."""
OUTSIDE_AWAY = (Unavailable, ConnectionError, TimeoutError)
"""How an adapter shows that nothing is wrong with its work: tried for as long as it takes."""
OUTCOMES = ("carried_out", "away", "failed", "parked")


class Carrier:
    """Carries out effects of one kind."""

    def __init__(
        self,
        service: str,
        route: EffectRoute,
        rows: EffectRows,
        clock: Clock,
        publisher: Publisher,
        own: OwnCommands,
        surroundings: tuple[Any, Any],
    ) -> None:
        """`surroundings`: the service's resources and settings."""
        self.kind = route.work.KIND
        self._service = service
        self._route = route
        self._rows = rows
        self._clock = clock
        self._publisher = publisher
        self._own = own
        self._surroundings = surroundings
        self._trouble, self._trouble_until = "", 0.0
        for outcome in OUTCOMES:  # at zero, so that the first of each is a rise
            EFFECTS.labels(service, self.kind, outcome)

    @property
    def trouble(self) -> str:
        """What the work waits for; forgotten when nobody has met it for a while."""
        return self._trouble if monotonic() < self._trouble_until else ""

    async def carry_out(self, claim: Claim) -> None:
        """Do it, answer, and forget it; or put it off, or park it."""
        if claim.failures > UNHEARD_OF:
            await self._park(claim, f"nobody came back from it {UNHEARD_OF} times")
            return
        try:
            with EFFECT_TIME.labels(self._service, self.kind).time():
                answer = await self._done_in_time(claim)
        except OUTSIDE_AWAY as error:
            pause = _pause(claim)
            self.note_trouble(cause(error), pause.total_seconds() + SHOWN)
            self.say("an effect waits, trying again", claim, error)
            await self._rows.later([claim], pause)
            self._count("away")
        except Exception as error:
            await self._failed(claim, error)
        else:
            failpoint(EFFECT_CARRIED_OUT)
            if answer is not None:
                record = self._own.record(self._answer(claim, answer), self._clock.now())
                await self._publisher.publish([record])
            failpoint(EFFECT_PUBLISHED)
            await self._rows.done(claim)
            failpoint(EFFECT_DELETED)
            self._trouble = ""
            self._count("carried_out")

    async def _done_in_time(self, claim: Claim) -> Command | None:
        work = self._route.work.model_validate_json(claim.body)
        resources, settings = self._surroundings
        around = Surroundings(resources, settings, self._clock.now())
        try:
            async with asyncio.timeout(self._route.limit.total_seconds()) as bound:
                return await self._route.adapter(work, around)
        except TimeoutError:
            if not bound.expired():
                raise
        raise Overran(f"not done within {self._route.limit.total_seconds():g} s")

    async def _failed(self, claim: Claim, error: Exception) -> None:
        self.say("an effect failed", claim, error)
        if claim.failures >= FAILURES:
            await self._park(claim, cause(error))
        else:
            await self._rows.failed(claim, _pause(claim))
            self._count("failed")

    async def _park(self, claim: Claim, reason: str) -> None:
        await self._rows.park(claim, reason)
        self._count("parked")
        logger().error(
            "an effect is parked, see `portal effects`",
            kind=self.kind,
            id=str(claim.id),
            reason=reason,
        )

    def _answer(self, claim: Claim, answer: Command) -> OwnCommand:
        return OwnCommand(
            derived_id(claim.id, 0, self._service),
            answer.TYPE,
            answer.key(),
            answer.subject(),
            claim.correlation,
            to_json(answer),
            claim.traceparent or "",
        )

    # -- bookkeeping --------------------------------------------------------------------------

    def _count(self, outcome: str) -> None:
        EFFECTS.labels(self._service, self.kind, outcome).inc()

    def note_trouble(self, why: str, seconds: float) -> None:
        """For the readiness page, for so long."""
        self._trouble, self._trouble_until = f"{self.kind}: {why}", monotonic() + seconds

    def say(self, what: str, claim: Claim, error: Exception) -> None:
        """In the log: which effect, and why in our words; not what it is about."""
        logger().warning(
            what,
            kind=self.kind,
            id=str(claim.id),
            attempt=claim.attempts,
            cause=cause(error),
            where=where(error),
        )


def _pause(claim: Claim) -> timedelta:
    """Longer each time."""
    return timedelta(seconds=min(FIRST_PAUSE * 2 ** min(claim.attempts - 1, 10), LONGEST_PAUSE))
