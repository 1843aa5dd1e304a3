"""Rows of effects: claimed, kept claimed, and what becomes of them. By the database's own clock.

A claim is a lease: who dies with it, loses it. Whoever writes about a claim names its attempt, so a
process that was thought dead changes nothing about what another one holds now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Claim:
    """An effect that this process holds for a while."""

    id: UUID
    body: bytes
    correlation: str
    traceparent: str | None
    attempts: int
    failures: int
    """This attempt is counted as one until there is word of it."""


class EffectRows:
    """The table `effects`, as whoever carries them out uses it."""

    def __init__(self, pool: Any, lease: timedelta) -> None:
        self._pool = pool
        self._lease = lease

    async def claim(self, kind: str, most: int) -> list[Claim]:
        """What is due of this kind, the longest due first: of each key only the first effect."""
        rows = await self._pool.fetch(_CLAIM, kind, most, self._lease)
        return [Claim(*row) for row in rows]

    async def renew(self, claims: Sequence[Claim]) -> None:
        """Their lease begins anew; of those that another process has taken over it does not."""
        await self._pool.execute(_RENEW, *_names(claims), self._lease)

    async def done(self, claim: Claim) -> None:
        """Carried out, and answered."""
        await self._pool.execute(_DONE, claim.id, claim.attempts)

    async def later(self, claims: Sequence[Claim], pause: timedelta) -> None:
        """Nothing was wrong with these: whoever is there then takes them."""
        await self._pool.execute(_LATER, *_names(claims), pause)

    async def failed(self, claim: Claim, pause: timedelta) -> None:
        """Once more then."""
        await self._pool.execute(_FAILED, claim.id, claim.attempts, pause)

    async def park(self, claim: Claim, reason: str) -> None:
        """It waits for an operator, and those of its key behind it."""
        await self._pool.execute(_PARK, claim.id, claim.attempts, reason)


def _names(claims: Sequence[Claim]) -> tuple[list[UUID], list[int]]:
    return [claim.id for claim in claims], [claim.attempts for claim in claims]


_CLAIM = """
with next as (
    select e.id from effects e
    where e.kind = $1 and e.state = 'waiting' and e.not_before <= now()
      and not exists (select from effects b
                      where b.key = e.key and b.seq < e.seq and b.state <> 'discarded')
    order by e.not_before, e.seq limit $2 for update skip locked)
update effects e
set not_before = now() + $3::interval, attempts = attempts + 1, failures = failures + 1
from next where e.id = next.id
returning e.id, e.body, e.correlation, e.traceparent, e.attempts, e.failures
"""
_RENEW = """
update effects e set not_before = now() + $3::interval
from unnest($1::uuid[], $2::int[]) held(id, attempts)
where e.id = held.id and e.attempts = held.attempts and e.state = 'waiting'
"""
_DONE = "delete from effects where id = $1 and attempts = $2"
_LATER = """
update effects e set not_before = now() + $3::interval, failures = failures - 1
from unnest($1::uuid[], $2::int[]) held(id, attempts)
where e.id = held.id and e.attempts = held.attempts and e.state = 'waiting'
"""
_FAILED = "update effects set not_before = now() + $3::interval where id = $1 and attempts = $2"
_PARK = "update effects set state = 'parked', reason = $3 where id = $1 and attempts = $2"
