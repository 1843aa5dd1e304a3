"""Waits until services have taken what others announced: a member is enrolled in one service, and
another decides the claim."""

import asyncio
import time

from portal_cli.lag import measure
from portal_runtime.settings import RuntimeSettings

PAUSE = 0.1


async def settled(settings: RuntimeSettings, *services: str, seconds: float = 30) -> bool:
    """Whether these services have taken every event there is, in time."""
    deadline = time.monotonic() + seconds
    while not await _have_all(settings, services):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(PAUSE)
    return True


async def _have_all(settings: RuntimeSettings, services: tuple[str, ...]) -> bool:
    rows = [row for row in await measure(settings) if row.topic.endswith(".events")]
    # A service whose groups the broker does not know yet has taken nothing.
    known = {row.service for row in rows}
    return known.issuperset(services) and not any(
        row.behind for row in rows if row.service in services
    )
