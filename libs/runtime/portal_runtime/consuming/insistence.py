"""Work that must be done before a stage may go on: retried until its server is back."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from portal_runtime.deciding.engine import BY_SERVERS, FIRST_PAUSE, LONGEST_PAUSE
from portal_runtime.observing.causes import cause
from portal_runtime.observing.logs import logger

T = TypeVar("T")


class Insistence:
    """Knows what it waits for at the moment."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._troubles: dict[str, str] = {}

    @property
    def trouble(self) -> str:
        """What is waited for; empty when nothing is."""
        return ", ".join(sorted(set(self._troubles.values())))

    async def on(self, what: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do it, however long the database is away. `what`: what the log says failed."""
        pause = FIRST_PAUSE
        while True:
            try:
                done = await work()
                self._troubles.pop(what, None)
                return done
            except BY_SERVERS as error:
                self._troubles[what] = f"{what}: {cause(error)}"
                logger().warning(what, topic=self._topic, cause=cause(error), pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
