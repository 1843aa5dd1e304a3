"""One transaction per batch: inbox, loading, deciding, saving. The heart of every service."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg

from portal_contracts import topics
from portal_runtime.access.access_log import Chain
from portal_runtime.clock import Clock
from portal_runtime.deciding.batch import Batch, Seen
from portal_runtime.deciding.journal import JOURNAL, JOURNAL_BULK, journal_rows
from portal_runtime.deciding.ordered_effects import save_effects
from portal_runtime.deciding.parking import save_parked
from portal_runtime.deciding.partition_lock import hold
from portal_runtime.deciding.produced import Answer
from portal_runtime.errors import Conflict, Unavailable
from portal_runtime.intake.arrival import Arrival
from portal_runtime.observing.causes import cause
from portal_runtime.observing.failpoints import IN_TRANSACTION, LOADED, failpoint
from portal_runtime.observing.logs import logger
from portal_runtime.observing.metrics import RETRIES
from portal_runtime.storage.database import AWAY, insert_rows
from portal_runtime.tables import IO, Facts, Table, load_facts

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 5.0
LASTING = 30
"""Conflicts in a row, over about five seconds, after which they are not transient."""
UNFORESEEN = 4
"""Times in a row that an unforeseen error occurs before a message is blamed for it.

A server that goes away may show up as any error; asyncpg has a class of its own for that.
"""

AGAIN_AT_ONCE = (Conflict, asyncpg.SerializationError, asyncpg.DeadlockDetectedError)

# What a message's content can cause: too large a number, a character PostgreSQL cannot hold. Such a
# batch is cut in halves until the message stands alone, and that one is parked.
BY_CONTENT = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
)
# Everything else that comes from servers means that they are away, full or wrongly set up: wait.
BY_SERVERS = (*AWAY, Unavailable)


class NotOurs(Exception):
    """The partitions were handed over: whoever has them now decides these messages."""


class _LookOutside(Exception):
    """What was loaded says that something outside must be looked at: the transaction ends first."""

    def __init__(self, missing: dict[Table[Any, Any], list[Any]]) -> None:
        super().__init__()
        self.missing = missing


class Engine:
    """Decides batches against the service's database."""

    def __init__(
        self, service: str, pool: asyncpg.Pool, clock: Clock, settings: Any, resources: Any
    ) -> None:
        self._service = service
        self._pool = pool
        self._clock = clock
        self._settings = settings
        self._resources = resources
        self._troubles: dict[str, str] = {}
        self._chain = Chain()

    @property
    def trouble(self) -> str:
        """Why batches of some topic cannot be decided at the moment; empty when they can."""
        return ", ".join(sorted(set(self._troubles.values())))

    async def decide(
        self, topic: str, arrivals: list[Arrival], ours: Callable[[], bool] = lambda: True
    ) -> list[Batch]:
        """Decide the arrivals, whatever it takes. Several batches where one message broke it.

        NotOurs: `ours` said no before an attempt.
        """
        pause, conflicts, unforeseen = FIRST_PAUSE, 0, 0
        while True:
            if not ours():
                self._troubles.pop(topic, None)
                raise NotOurs
            try:
                batch = await self._attempt(topic, arrivals)
                self._troubles.pop(topic, None)
                return [batch]
            except AGAIN_AT_ONCE as error:
                conflicts += 1
                RETRIES.labels(self._service, topic, type(error).__name__).inc()
                if conflicts >= LASTING:
                    # Another owner would be done by now: one of the messages is at fault.
                    return await self._halve(topic, arrivals, error, ours)
                await asyncio.sleep(0.01 * conflicts)
            except BY_CONTENT as error:
                return await self._halve(topic, arrivals, error, ours)
            except BY_SERVERS as error:
                pause = await self._wait(topic, error, pause)
            except Exception as error:
                unforeseen += 1
                if unforeseen >= UNFORESEEN:  # a fault in our code that some message brings out
                    return await self._halve(topic, arrivals, error, ours)
                pause = await self._wait(topic, error, pause)

    async def _wait(self, topic: str, error: Exception, pause: float) -> float:
        """The database is away: nothing is taken, nothing is lost; try again later."""
        what = "object store" if isinstance(error, Unavailable) else "database"
        self._troubles[topic] = f"{what}: {cause(error)}"
        RETRIES.labels(self._service, topic, type(error).__name__).inc()
        logger().warning("deciding failed, trying again", cause=cause(error), pause=pause)
        await asyncio.sleep(pause)
        return min(pause * 2, LONGEST_PAUSE)

    async def _halve(
        self, topic: str, arrivals: list[Arrival], error: Exception, ours: Callable[[], bool]
    ) -> list[Batch]:
        RETRIES.labels(self._service, topic, "halved").inc()
        if len(arrivals) == 1:
            if arrivals[0].poison:
                arrivals[
                    0
                ].unspeakable = True  # parking it failed too: its position and reason will do
            else:
                arrivals[0].poison = f"saving it failed: {cause(error)}"
            return await self.decide(topic, arrivals, ours)
        middle = len(arrivals) // 2
        first = await self.decide(topic, arrivals[:middle], ours)
        return first + await self.decide(topic, arrivals[middle:], ours)

    async def _attempt(self, topic: str, arrivals: list[Arrival]) -> Batch:
        """Decide them once. What own rows say must be looked at outside is looked at between two
        transactions, so that none is open while a file is read."""
        looked: list[tuple[Table[Any, Any], list[Any], dict[Any, Any]]] = []
        while True:
            batch = Batch(arrivals, self._clock.now(), self._settings, self._service)
            for table, keys, found in looked:
                batch.view.loaded(table, keys, found)
            try:
                return await self._transaction(topic, batch)
            except _LookOutside as wanted:
                io = IO(None, self._resources)
                for table, keys in wanted.missing.items():
                    looked.append((table, keys, await table.load(io, keys)))

    async def _transaction(self, topic: str, batch: Batch) -> Batch:
        arrivals = batch.arrivals
        wanted = batch.needs(arrivals)
        await self._load(batch, IO(None, self._resources), wanted, outside=True)
        async with self._pool.acquire() as conn, conn.transaction():
            if topics.takes_others(topic):
                await hold(conn, {arrival.record.partition for arrival in arrivals})
            io = IO(conn, self._resources, bodies=batch.bodies)
            seen = await _seen(conn, arrivals)
            fresh = [a for a in arrivals if a.id not in seen] if seen else arrivals
            if seen:
                wanted = batch.needs(fresh)
            await self._load(batch, io, wanted, outside=False)
            await self._load(batch, io, batch.second_needs(fresh), outside=False)
            failpoint(LOADED)
            for more in batch.deciding(seen):
                await self._load(batch, io, more, outside=False)
            await self._save(batch, io)
            failpoint(IN_TRANSACTION)
        return batch

    async def _load(
        self, batch: Batch, io: IO, wanted: dict[Table[Any, Any], set[Any]], *, outside: bool
    ) -> None:
        missing: dict[Table[Any, Any], list[Any]] = {}
        elsewhere: dict[Table[Any, Any], list[Any]] = {}
        for table in sorted(wanted, key=lambda t: t.name):  # the same order of locks everywhere
            if keys := batch.view.missing(table, wanted[table]):
                (missing if table.outside is outside else elsewhere)[table] = keys
        if elsewhere and not outside:
            raise _LookOutside(elsewhere)
        snapshots = {t: keys for t, keys in missing.items() if isinstance(t, Facts)}
        for facts, found in (await load_facts(io, snapshots)).items():
            batch.view.loaded(facts, snapshots[facts], found)
        for table, keys in missing.items():
            if table not in snapshots:
                batch.view.loaded(table, keys, await table.load(io, keys))

    async def _save(self, batch: Batch, io: IO) -> None:
        for table in sorted(batch.changed, key=lambda t: t.name):
            await table.save(
                io, sorted(batch.changed[table].items(), key=lambda item: str(item[0]))
            )
        await self._chain.append(io.conn, batch.looks)
        await _save_timers(io.conn, batch)
        await save_effects(io.conn, batch.effects)
        await save_parked(io.conn, batch.id, batch.parked)
        await _save_records(io.conn, batch)


async def _seen(conn: Any, arrivals: list[Arrival]) -> dict[UUID, Seen]:
    rows = await conn.fetch(
        "select id, hash, batch, reply_type, reply from inbox where id = any($1)",
        [a.id for a in arrivals],
    )
    return {
        UUID(bytes=row[0].bytes): Seen(
            row[1], row[2], Answer(row[3], row[4]) if row[3] is not None else None
        )
        for row in rows
    }


async def _save_records(conn: Any, batch: Batch) -> None:
    """What was sent, what was taken, and the batch itself."""
    (journal, bulk), inbox = journal_rows(batch), _inbox_rows(batch)
    done = (batch.id, batch.silent)
    try:
        if len(journal) == len(inbox) == 1 and not bulk:
            # A single message waits for every round trip: one instead of three.
            await conn.execute(_ONE_OF_EACH, *journal[0], *inbox[0], *done)
            return
        await insert_rows(conn, "journal", JOURNAL, journal)
        await insert_rows(conn, "journal_bulk", JOURNAL_BULK, bulk)
        await insert_rows(conn, "inbox", _INBOX, inbox)
    except asyncpg.UniqueViolationError:
        # Another owner of the partition has decided one of these meanwhile.
        raise Conflict("inbox") from None
    if inbox:
        await conn.execute("insert into batches (id, published) values ($1, $2)", *done)


def _inbox_rows(batch: Batch) -> list[tuple[Any, ...]]:
    return [
        (i, arrival.hash, batch.id, *_answer(batch.accepted_answers.get(i)))
        for i, arrival in batch.accepted.items()
    ]


def _answer(answer: Answer | None) -> tuple[str | None, bytes | None]:
    return (None, None) if answer is None else (answer.type, answer.body)


async def _save_timers(conn: Any, batch: Batch) -> None:
    cancelled = [key for key, timer in batch.timers.items() if timer is None]
    if cancelled:
        await conn.execute("delete from timers where key = any($1)", cancelled)
    rows = [
        (t.key, t.due_at, i, t.command.TYPE, t.command.key(), t.command.subject(), c, _body(t))
        for t, i, c in filter(None, batch.timers.values())
    ]
    if rows:
        await conn.execute(_TIMERS, *map(list, zip(*rows, strict=True)))


def _body(timer: Any) -> bytes:
    return timer.command.model_dump_json().encode()  # type: ignore[no-any-return]


_INBOX = ("id", "hash", "batch", "reply_type", "reply")
_ONE_OF_EACH = f"""
with made as (insert into journal ({", ".join(JOURNAL)})
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)),
     taken as (insert into inbox ({", ".join(_INBOX)}) values ($14, $15, $16, $17, $18))
insert into batches (id, published) values ($19, $20)
"""
_TIMERS = """
insert into timers (key, due_at, id, type, routing, subject, correlation, body)
select * from unnest($1::text[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::bytea[])
on conflict (key) do update set due_at = excluded.due_at, id = excluded.id, type = excluded.type,
    routing = excluded.routing, subject = excluded.subject, correlation = excluded.correlation,
    body = excluded.body
"""
