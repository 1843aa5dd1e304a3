"""Timers: rows that become commands to the own service when due. Late perhaps, never early.

Whichever instance is free claims what is due, publishes it, and only then deletes the rows. Dying
in between publishes it again under the same id, and the inbox of the receiver recognizes it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import asyncpg
from aiokafka.errors import KafkaError

from portal_runtime.clock import Clock
from portal_runtime.observing.causes import cause
from portal_runtime.observing.failpoints import (
    TIMER_CLAIMED,
    TIMER_DELETED,
    TIMER_PUBLISHED,
    failpoint,
)
from portal_runtime.observing.logs import logger, where
from portal_runtime.observing.metrics import (
    DEAD_ROWS,
    EFFECTS_AGE,
    EFFECTS_WAITING,
    LONGEST_TRANSACTION,
    OUTBOX_AGE,
    PARKED,
    TIMERS_FIRED,
    TIMERS_LATE,
    TIMERS_OVERDUE,
)
from portal_runtime.scheduling.own_commands import OwnCommand, OwnCommands
from portal_runtime.security.principals import ServiceSigner
from portal_runtime.storage.database import AWAY
from portal_runtime.wire.outgoing import Outgoing, Publisher

CLAIM = 1000
"""Most timers fired in one transaction."""
FORGET_EVERY = 60.0
MEASURE_EVERY = 10.0
LONGEST_SLEEP = 0.5
"""Seconds until timers that another instance has set, and a moved clock, are looked at anyway."""


class Timers:
    """Fires the timers of one service."""

    def __init__(
        self,
        service: str,
        pool: asyncpg.Pool,
        clock: Clock,
        publisher: Publisher,
        signer: ServiceSigner,
        topic_prefix: str,
        remember_days: int,
        effects_due: Callable[[], None] = lambda: None,
    ) -> None:
        """`effects_due`: told when effects wait, perhaps ordered by another instance."""
        self._service = service
        self._pool = pool
        self._clock = clock
        self._publisher = publisher
        self._own = OwnCommands(service, signer, topic_prefix)
        self._effects_due = effects_due
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._remember = timedelta(days=remember_days)
        self._forgot_at = monotonic()
        self._measured_at = 0.0
        self.trouble = ""

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="timers")

    async def stop(self) -> None:
        """What was published and not yet deleted is published again, and recognized."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def dead(self) -> bool:
        return self._task is not None and self._task.done()

    def look_again(self) -> None:
        """A timer was set, or the clock was moved: the next one may be due earlier than thought."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            try:
                due_in = await self._fire_all_due()
                self.trouble = ""
            except (*AWAY, KafkaError) as error:
                self.trouble = f"timers: {cause(error)}"
                logger().warning("timers not fired, trying again", cause=cause(error))
                due_in = LONGEST_SLEEP
            except Exception as error:  # the process ends; this is the last that is heard of it
                logger().error("a stage failed", cause=cause(error), where=where(error))
                raise
            await self._sleep(due_in)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(0.001, min(seconds, LONGEST_SLEEP))):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _fire_all_due(self) -> float:
        """Fire what is due; seconds until the next timer."""
        while await self._fire_some() == CLAIM:
            await asyncio.sleep(0)
        await self._forget()
        async with self._pool.acquire() as conn:
            [(next_due, effects_due)] = await conn.fetch(_NEXT)
            await self._measure(conn, next_due)
        if effects_due:
            self._effects_due()
        if next_due is None:
            return LONGEST_SLEEP
        # A timer that is due but locked by another instance is looked at again soon, not at once.
        seconds: float = (next_due - self._clock.now()).total_seconds()
        return max(0.02, seconds)

    async def _fire_some(self) -> int:
        now = self._clock.now()
        async with self._pool.acquire() as conn, conn.transaction():
            rows = await conn.fetch(_CLAIM, now, CLAIM)
            if rows:
                failpoint(TIMER_CLAIMED)
                await self._publisher.publish([self._record(row, now) for row in rows])
                failpoint(TIMER_PUBLISHED)
                await conn.execute(
                    "delete from timers where key = any($1)", [row["key"] for row in rows]
                )
                failpoint(TIMER_DELETED)
        TIMERS_FIRED.labels(self._service).inc(len(rows))
        late = TIMERS_LATE.labels(self._service)
        for row in rows:
            late.observe((now - row["due_at"]).total_seconds())
        return len(rows)

    def _record(self, row: Any, now: datetime) -> Outgoing:
        about = (row["id"], row["type"], row["routing"], row["subject"], row["correlation"])
        return self._own.record(OwnCommand(*about, row["body"]), now)

    async def _forget(self) -> None:
        """Once a minute, a slice of what no redelivery or replay can ask for any more."""
        if monotonic() - self._forgot_at < FORGET_EVERY:
            return
        self._forgot_at = monotonic()
        before = self._clock.real() - self._remember
        await self._pool.execute(_FORGET_INBOX, before)
        await self._pool.execute(_FORGET_BATCHES, before)

    async def _measure(self, conn: Any, next_due: datetime | None) -> None:
        late = next_due is not None and self._clock.now() - next_due > timedelta(seconds=1)
        overdue = (
            await conn.fetchval("select count(*) from timers where due_at <= $1", self._clock.now())
            if late
            else 0
        )
        TIMERS_OVERDUE.labels(self._service).set(overdue)
        await self._measure_database(conn)
        row = await conn.fetchrow(_BACKLOG)
        PARKED.labels(self._service).set(row[0])
        OUTBOX_AGE.labels(self._service).set(row[1])

    async def _measure_database(self, conn: Any) -> None:
        """What starves vacuum, how far it is behind, effects. Now and then: it costs more."""
        if monotonic() - self._measured_at < MEASURE_EVERY:
            return
        self._measured_at = monotonic()
        LONGEST_TRANSACTION.labels(self._service).set(await conn.fetchval(_LONGEST))
        DEAD_ROWS.labels(self._service).set(await conn.fetchval(_DEAD))
        [(waiting, age)] = await conn.fetch(_EFFECTS)
        EFFECTS_WAITING.labels(self._service).set(waiting)
        EFFECTS_AGE.labels(self._service).set(age)


_LONGEST = """
select coalesce(extract(epoch from now() - min(xact_start)), 0) from pg_stat_activity
where datname = current_database() and backend_type = 'client backend'
"""
_DEAD = "select coalesce(max(n_dead_tup), 0) from pg_stat_user_tables"
_EFFECTS = """
select count(*), coalesce(extract(epoch from now() - min(at)), 0) from effects
where state = 'waiting'
"""
_NEXT = """
select (select min(due_at) from timers),
       exists (select from effects where state = 'waiting' and not_before <= now())
"""
_CLAIM = """
select key, due_at, id, type, routing, subject, correlation, body from timers
where due_at <= $1 order by due_at limit $2 for update skip locked
"""
_FORGET_INBOX = """
delete from inbox where id in (select id from inbox where at < $1 limit 20000)"""
_FORGET_BATCHES = """
delete from batches where id in (select id from batches where at < $1 and published limit 20000)"""
_BACKLOG = """
select (select count(*) from parked where state in ('parked', 'replaying'))
           + (select count(*) from effects where state = 'parked'),
       coalesce((select extract(epoch from now() - min(at)) from batches
                 where not published and at < now() - interval '1 second'), 0)
"""
