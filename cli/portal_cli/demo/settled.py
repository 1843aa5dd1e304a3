"""Waiting until services have taken what others announced: a member is enrolled in one service, and
another one decides the claim."""

import asyncio
import time

from portal_cli.lag import measure
from portal_runtime.settings import RuntimeSettings

PAUSE = 0.1


async def settled(settings: RuntimeSettings, *services: str, seconds: float = 30) -> bool:
    """Whether these services have taken every event there is, in time."""
    deadline = time.monotonic() + seconds
    while True:
        if not await _behind(settings, services):
            return True
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(PAUSE)


async def _behind(settings: RuntimeSettings, services: tuple[str, ...]) -> int:
    return sum(
        row.behind
        for row in await measure(settings)
        if row.service in services and row.topic.endswith(".events")
    )
