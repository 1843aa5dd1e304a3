"""What `/ready` looks at."""

from typing import Any

import asyncpg

from portal_runtime.process.health import Check
from portal_runtime.process.parts import Parts
from portal_runtime.storage.partition_positions import PartitionPositions
from portal_runtime.wire.outgoing import Publisher


def checks(
    pool: asyncpg.Pool,
    parts: Parts,
    positions: PartitionPositions,
    publisher: Publisher,
    broken: Any,
    resources: Any,
) -> dict[str, Check]:
    """By name; each says what is wrong, or nothing. `broken`: names a part that has ended."""

    async def database() -> str:
        await pool.fetchval("select 1")
        waiting = (p.trouble for p in parts.pipelines)
        return next(filter(None, (parts.engine.trouble, parts.timers.trouble, *waiting)), "")

    async def effects() -> str:
        return parts.effects.trouble

    async def stages() -> str:
        return str(broken())

    async def behind() -> str:
        return positions.behind

    async def kafka() -> str:
        if positions.behind:
            return ""  # nothing is read from Kafka until that is repaired
        silent = [p.topic for p in parts.pipelines if p.watch.silent()]
        stalled = [p.topic for p in parts.pipelines if p.stalled]
        if stalled:
            return f"messages wait and none is taken or finished: {', '.join(stalled)}"
        if publisher.trouble:
            return publisher.trouble
        return f"no answer from Kafka for {', '.join(silent)}" if silent else ""

    found: dict[str, Check] = {
        "database": database,
        "restored": behind,
        "effects": effects,
        "stages": stages,
        "kafka": kafka,
    }
    probe = getattr(resources, "trouble", None)
    if probe is not None:
        found["resources"] = probe
    return found
