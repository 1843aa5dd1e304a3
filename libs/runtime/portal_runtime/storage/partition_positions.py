"""How far the database processed each partition; reveals a database that was restored.

The database notes a position before Kafka does (`Pipeline._settle`), so Kafka's committed offset is
never ahead of it. When it is, the database was put back: a backup, or a replica that was behind.
Deciding on it would go on as if the time in between had never happened, so nothing is taken until
`portal reconcile` has set the offsets back as well (ADR 10).
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from portal_runtime.observing.logs import logger
from portal_runtime.observing.metrics import BEHIND

LOOK_EVERY = 2.0
Offsets = dict[TopicPartition, int]


class Behind(ConnectionError):
    """The database has less than this process has seen in it: for the engine, it is away."""


class PartitionPositions:
    """How far each partition was processed, for one service."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._noted: Offsets = {}
        self._facts_first = False
        self.exchanged = False
        """The database was put back while this process ran; it ends, and waits when started."""
        self.behind = ""

    async def recognise(self, conn: Any) -> None:
        """For every new connection: whatever exchanges a database breaks the old ones."""
        noted = dict(self._noted)  # before asking: another stage notes more while we wait
        if not noted:
            return
        held = await held_positions(conn)
        if any(held.get(tp, 0) < following for tp, following in noted.items()):
            self.exchanged = True
            raise Behind(advice(self._service))

    async def note(self, conn: Any, published: set[UUID], offsets: Offsets) -> None:
        """What is in Kafka, and how far we are: one statement, which nobody waits for."""
        rows = sorted((p.topic, p.partition, n) for p, n in offsets.items())
        topics, partitions, following = ([row[i] for row in rows] for i in range(3))
        await conn.execute(_NOTE, list(published), topics, partitions, following)
        for tp, offset in offsets.items():
            self._noted[tp] = max(offset, self._noted.get(tp, 0))

    async def look(self, pool: Any, committed: Offsets) -> bool:
        """Compare with Kafka's offsets; whether the service may go on. Sets `behind`."""
        missing = behind_by(await held_positions(pool), committed)
        count = sum(missing.values())
        BEHIND.labels(self._service).set(count)
        if missing and not self.behind:
            logger().error(advice(self._service), messages=count, partitions=len(missing))
        self.behind = advice(self._service) if missing else ""
        if not missing:
            self._noted.update(committed)
            self._facts_first = await pool.fetchval("select exists (select from catch_up)")
        return not missing

    async def others_first(self, pool: Any) -> None:
        """After a restore a command waits for the events that had been taken before the crash."""
        while self._facts_first:
            if not await pool.fetchval(_STILL_BEHIND):
                await pool.execute("delete from catch_up")
                self._facts_first = False
                return
            await asyncio.sleep(0.2)


def advice(service: str) -> str:
    return f"the database is behind Kafka: run `portal reconcile {service}`"


def behind_by(held: Offsets, committed: Offsets) -> Offsets:
    """By how many messages, for each partition in which Kafka knows more than the database."""
    differences = {tp: offset - held.get(tp, 0) for tp, offset in committed.items()}
    return {tp: count for tp, count in differences.items() if count > 0}


async def held_positions(conn: Any) -> Offsets:
    rows = await conn.fetch("select topic, partition, next from partition_positions")
    return {TopicPartition(row[0], row[1]): row[2] for row in rows}


async def committed_offsets(bootstrap: str, groups: Iterable[str]) -> Offsets:
    """What Kafka has noted for these consumer groups."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        found: Offsets = {}
        for group in groups:
            offsets: Mapping[TopicPartition, Any] = await admin.list_consumer_group_offsets(group)
            found |= {tp: o.offset for tp, o in offsets.items() if o.offset >= 0}
        return found
    finally:
        await admin.close()


_NOTE = """
with marked as (update batches set published = true where id = any($1) and not published)
insert into partition_positions (topic, partition, next)
select * from unnest($2::text[], $3::int[], $4::bigint[])
on conflict (topic, partition) do update set next = excluded.next
where partition_positions.next < excluded.next
"""
_STILL_BEHIND = """
select exists (select from catch_up c left join partition_positions p using (topic, partition)
               where coalesce(p.next, 0) < c.until)
"""
