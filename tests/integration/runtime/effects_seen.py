"""What tests of effects look at: the rows, what was begun, and how it is outside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import REGISTRY

from portal_runtime.process.running import Running
from portal_runtime.settings import RuntimeSettings
from tests.integration.runtime.conftest import Corner
from tests.support.tally import SERVICE, Tally

LEASE = 2.0


def running(corner: Corner, **more: object) -> Running:
    return Running(SERVICE, RuntimeSettings(**corner.settings(**more)))


async def stamped(corner: Corner, account: str = "a") -> tuple[int, ...]:
    """Numbers of the stamps whose answers were decided, in that order."""
    rows = await corner.rows("select body from tallies where account = $1", account)
    return Tally.model_validate_json(rows[0][0]).stamped if rows else ()


async def left(corner: Corner) -> int:
    return int((await corner.rows("select count(*) from effects"))[0][0])


async def begun(corner: Corner, account: str = "a") -> list[int]:
    """Numbers of the stamps as they were carried out, 0 for erasing."""
    sql = "select number from stamps where account = $1 order by n"
    return [row[0] for row in await corner.rows(sql, account)]


async def weather(corner: Corner, how: str, times: int, account: str = "a") -> None:
    """What happens outside, the next times that something is done for the account."""
    sql = (
        "insert into weather (account, how, times) values ($1, $2, $3) "
        "on conflict (account) do update set how = excluded.how, times = excluded.times"
    )
    await corner.rows(sql, account, how, times)


async def until(what: Callable[[], Awaitable[Any]], within: float = 20) -> Any:
    async with asyncio.timeout(within):
        while not (found := await what()):
            await asyncio.sleep(0.05)
    return found


async def all_done(corner: Corner) -> None:
    async def done() -> bool:
        return await left(corner) == 0

    await until(done)


async def parked(corner: Corner) -> list[Any]:
    rows = await corner.rows("select reason from effects where state = 'parked'")
    return [row[0] for row in rows]


def counted(kind: str, outcome: str) -> float:
    labels = {"service": "tally", "kind": kind, "outcome": outcome}
    return REGISTRY.get_sample_value("portal_effects_total", labels) or 0.0
