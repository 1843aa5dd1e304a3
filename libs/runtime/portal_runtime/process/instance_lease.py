"""One process per instance name: the last to start holds the lease, a process without it ends.

An instance that was frozen, given up and replaced may wake up. aiokafka does not tell it that its
name was taken, and the two would take the partitions from each other every few seconds.
"""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg

from portal_runtime.observing.logs import logger
from portal_runtime.storage.database import AWAY

LOOK_EVERY = 1.0
PATIENCE = 3.0
"""Seconds; over a connection that was cut, a query would hang for a minute."""


class InstanceLease:
    """Holds the name of this instance in the service's database."""

    def __init__(self, pool: asyncpg.Pool, name: str) -> None:
        self._pool = pool
        self._name = name
        self._holder = uuid4()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._pool.execute(_TAKE, self._name, self._holder)
        self._task = asyncio.create_task(self._watch(), name="lease")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def lost(self) -> bool:
        """Whether another process has this name now."""
        return self._task is not None and self._task.done()

    async def _watch(self) -> None:
        while await self._held():
            await asyncio.sleep(LOOK_EVERY)
        logger().error("another process has this name; each needs its own PORTAL_INSTANCE",
                       instance=self._name)  # fmt: skip

    async def _held(self) -> bool:
        try:
            async with self._pool.acquire(timeout=PATIENCE) as conn:
                holder: Any = await conn.fetchval(_HOLDER, self._name, timeout=PATIENCE)
        except AWAY:
            return True  # nobody can tell while the database is away
        return holder is None or str(holder) == str(self._holder)


_TAKE = """
insert into instances (name, holder) values ($1, $2)
on conflict (name) do update set holder = excluded.holder, since = now()
"""
_HOLDER = "select holder from instances where name = $1"
