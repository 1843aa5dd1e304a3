"""Connections of a pool, with the type of what they stand for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import asyncpg


@asynccontextmanager
async def acquired(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """A pool lends proxies, which do all that a connection does and are none to a type checker."""
    async with pool.acquire() as conn:
        yield cast(asyncpg.Connection, conn)
