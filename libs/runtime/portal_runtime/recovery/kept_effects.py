"""Effects that wait or are parked: look, try again, or give up. Used by `portal effects`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class KeptEffect:
    """An effect, without what it is about: that may be somebody's."""

    id: UUID
    kind: str
    state: str
    reason: str | None
    attempts: int
    at: datetime
    cause: UUID
    """The message whose decision ordered it."""
    behind: int
    """Effects of the same key that wait for this one."""


@dataclass(frozen=True, slots=True)
class EffectCounts:
    """What a service has still to carry out."""

    waiting: int
    oldest: float
    """Age in seconds; 0 where none waits."""
    parked: int


async def counts(conn: Any) -> EffectCounts:
    return EffectCounts(*await conn.fetchrow(_COUNTS))


async def list_effects(
    conn: Any, states: tuple[str, ...] = ("parked",), limit: int = 50
) -> list[KeptEffect]:
    """Oldest first."""
    return [KeptEffect(*row) for row in await conn.fetch(_LIST, list(states), limit)]


async def starting_with(conn: Any, beginning: str) -> list[UUID]:
    """Ids of parked ones that begin so: two at most, since two are as unclear as more."""
    return [row[0] for row in await conn.fetch(_STARTING_WITH, beginning)]


async def parked(conn: Any, kind: str = "") -> list[UUID]:
    """Ids of all that are parked, or of one kind."""
    return [row[0] for row in await conn.fetch(_PARKED, kind)]


async def retry(conn: Any, ids: list[UUID]) -> int:
    """Have these carried out again, with as many attempts as a new one. How many."""
    return len(await conn.fetch(_RETRY, ids))


async def discard(conn: Any, ids: list[UUID]) -> int:
    """Give these up for good: what waits for their answer waits on. They stay as evidence."""
    return len(await conn.fetch(_DISCARD, ids))


_COUNTS = """
select count(*) filter (where state = 'waiting'),
       coalesce(extract(epoch from now() - min(at) filter (where state = 'waiting')), 0)::float,
       count(*) filter (where state = 'parked')
from effects
"""
_LIST = """
select e.id, e.kind, e.state, e.reason, e.attempts, e.at, e.cause,
       (select count(*) from effects b
        where b.key = e.key and b.seq > e.seq and b.state <> 'discarded')
from effects e where e.state = any($1) order by e.seq limit $2
"""
_STARTING_WITH = """
select id from effects where state = 'parked' and starts_with(id::text, $1) order by id limit 2
"""
_PARKED = "select id from effects where state = 'parked' and ($1 = '' or kind = $1) order by seq"
_RETRY = """
update effects set state = 'waiting', reason = null, failures = 0, not_before = now()
where id = any($1) and state = 'parked' returning id
"""
_DISCARD = """
update effects set state = 'discarded' where id = any($1) and state = 'parked' returning id
"""
