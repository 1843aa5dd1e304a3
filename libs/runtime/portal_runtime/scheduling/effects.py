"""Effects: what decisions order to be done outside, carried out after the commit, at least once.

Each kind of work has a lane of its own, so that one whose server is away does not hold up the
others. A lane claims rows for a short while and renews that as long as it works on them; does the
work outside of any transaction; publishes the answer, a command to the own service; and only then
deletes the row. Dying in between does it again, and the inbox recognizes the answer by its id.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import asyncpg

from portal_runtime.clock import Clock
from portal_runtime.observing.causes import cause
from portal_runtime.observing.failpoints import EFFECT_CLAIMED, failpoint
from portal_runtime.observing.logs import logger, where
from portal_runtime.routes import EffectRoute
from portal_runtime.scheduling.carrying_out import FIRST_PAUSE, LONGEST_PAUSE, Carrier
from portal_runtime.scheduling.effect_rows import Claim, EffectRows
from portal_runtime.scheduling.own_commands import OwnCommands
from portal_runtime.security.principals import ServiceSigner
from portal_runtime.storage.database import AWAY
from portal_runtime.wire.outgoing import Publisher

RENEWED = 3
"""Times that a lease is renewed before it would end."""


class Lane:
    """One kind of work, at most so many at a time."""

    def __init__(
        self, carrier: Carrier, rows: EffectRows, at_once: int, finished: Callable[[], None]
    ) -> None:
        """`finished`: called after each effect; the next one of its key may be of any kind."""
        self.carrier = carrier
        self._rows = rows
        self._at_once = at_once
        self._finished = finished
        self._wake = asyncio.Event()
        self._running: dict[asyncio.Task[None], Claim] = {}
        self._draining = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"effects {self.carrier.kind}")

    def look_again(self) -> None:
        self._wake.set()

    def dead(self) -> bool:
        return self._task is not None and self._task.done() and not self._draining

    @property
    def held(self) -> list[Claim]:
        return list(self._running.values())

    async def drain(self, patience: float) -> None:
        """Begin nothing more; what is being carried out may be finished within the patience."""
        self._draining = True
        self.look_again()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=patience)
        if self._running:
            await asyncio.wait(list(self._running), timeout=patience)

    async def stop(self) -> list[Claim]:
        """End; what was not finished, for whoever takes it next."""
        unfinished = self.held
        tasks = [*self._running, *filter(None, [self._task])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return unfinished

    async def claim(self) -> list[Claim]:
        """As many as there is room for."""
        room = self._at_once - len(self._running)
        claims = await self._rows.claim(self.carrier.kind, room) if room > 0 else []
        if claims:
            failpoint(EFFECT_CLAIMED)
        return claims

    async def _run(self) -> None:
        while not self._draining:
            self._wake.clear()
            try:
                claims = await self.claim()
            except AWAY as error:
                self.carrier.note_trouble(cause(error), LONGEST_PAUSE)
                await asyncio.sleep(FIRST_PAUSE)
                continue
            except Exception as error:  # the process ends; this is the last that is heard of it
                logger().error("a stage failed", cause=cause(error), where=where(error))
                raise
            for claim in claims:
                task = asyncio.create_task(self._guarded(claim))
                self._running[task] = claim
                task.add_done_callback(self._ended)
            await self._wake.wait()

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._finished()

    async def _guarded(self, claim: Claim) -> None:
        """What goes wrong around the work is left to the lease: it is begun again then."""
        try:
            await self.carrier.carry_out(claim)
        except Exception as error:
            self.carrier.note_trouble(cause(error), LONGEST_PAUSE)
            self.carrier.say("an effect was not settled, trying again", claim, error)


class Effects:
    """Carries out the effects of one service."""

    def __init__(
        self,
        service: str,
        routes: Sequence[EffectRoute],
        pool: asyncpg.Pool,
        clock: Clock,
        publisher: Publisher,
        signer: ServiceSigner,
        resources: Any,
        settings: Any,
    ) -> None:
        self._lease: float = settings.effect_lease_seconds
        self._rows = EffectRows(pool, timedelta(seconds=self._lease))
        own = OwnCommands(service, signer, settings.topic_prefix)
        around = (resources, settings)
        self.lanes = []
        for route in routes:
            carrier = Carrier(service, route, self._rows, clock, publisher, own, around)
            self.lanes.append(Lane(carrier, self._rows, route.at_once, self.look_again))
        self._renewing: asyncio.Task[None] | None = None

    def start(self) -> None:
        for lane in self.lanes:
            lane.start()
        if self.lanes:
            self._renewing = asyncio.create_task(self._renew(), name="leases of effects")

    def look_again(self) -> None:
        """One was ordered, or is due again."""
        for lane in self.lanes:
            lane.look_again()

    def dead(self) -> bool:
        renewing = self._renewing is not None and self._renewing.done()
        return renewing or any(lane.dead() for lane in self.lanes)

    @property
    def trouble(self) -> str:
        """What work waits for at the moment; empty when none does."""
        return ", ".join(filter(None, (lane.carrier.trouble for lane in self.lanes)))

    async def drain(self, patience: float) -> None:
        """Begin nothing more, and wait so long at most for what is being carried out."""
        await asyncio.gather(*(lane.drain(patience) for lane in self.lanes))

    async def stop(self) -> None:
        """What is not finished is given back at once; where that fails the lease does it."""
        unfinished = [claim for lane in self.lanes for claim in await lane.stop()]
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)
        if unfinished:
            try:
                await self._rows.later(unfinished, timedelta(0))
            except AWAY as error:
                logger().warning("effects not given back", cause=cause(error))

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._lease / RENEWED)
            if held := [claim for lane in self.lanes for claim in lane.held]:
                try:
                    await self._rows.renew(held)
                except AWAY as error:
                    logger().warning("leases of effects not renewed", cause=cause(error))
