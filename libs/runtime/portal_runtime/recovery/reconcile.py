"""Compares a service's database with Kafka: what one has and the other lacks (`portal reconcile`).

A database that was put back has forgotten messages that were taken and things that were announced.
All of them are still in Kafka, so nothing has to be reconstructed: they are taken again
(`rewind.py`). This only reads. It names positions and times, never what a message says.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import ConsumerRecord, TopicPartition

from portal_contracts import topics
from portal_runtime.intake.arrival import origin
from portal_runtime.intake.incoming import Reader
from portal_runtime.publishing.replies import ReplyDesk
from portal_runtime.recovery import kafka_log as recall
from portal_runtime.recovery.compare_published import compare_announced
from portal_runtime.recovery.report import BEYOND, FORGOTTEN, LOST, Report
from portal_runtime.security.keys import public_keys
from portal_runtime.security.principals import Verifier, service_signer
from portal_runtime.service import Service
from portal_runtime.storage.partition_positions import (
    Offsets,
    behind_by,
    committed_offsets,
    held_positions,
)

MARGIN = timedelta(hours=1)
"""Publications are compared from this long before the database's newest batch on."""


async def reconcile(
    service: Service,
    settings: Any,
    conn: asyncpg.Connection,
    since: datetime | None = None,
    say: recall.Say = recall.nothing,
) -> Report:
    """All differences. `since`: look at everything from then on, not only where the two part."""
    report = Report(service.name)
    reader = await _reader(service, settings)
    counts = await recall.partition_counts(settings.kafka, settings.topic_prefix)
    async with recall.reading(settings.kafka) as consumer:
        taken = _Taken(service, settings, conn, reader, consumer, counts, report, say)
        await taken.compare(since)
        if since is None:
            newest = await conn.fetchval("select max(at) from batches")
            since = newest - MARGIN if newest else datetime.fromtimestamp(0, UTC)
        await compare_announced(service.name, settings, conn, consumer, counts, since, report, say)
    return report


async def _reader(service: Service, settings: Any) -> Reader:
    """Reads as the service does: what it would not keep, it cannot have forgotten."""
    signer = service_signer(service.name, settings.service_key)
    verifier = Verifier(
        await public_keys(settings.principal_keys),
        service.name,
        signer.secret,
        frozenset(settings.service_kids),
        settings.kid_roles,
    )
    oldest = datetime.now(UTC) - timedelta(days=settings.remember_days)
    desk = ReplyDesk(service.name, settings.topic_prefix, settings.reply_topics)
    return Reader(service.routes.deciding, verifier, lambda: oldest, settings, desk.serves)


@dataclass
class _Taken:
    """Messages whose offsets are committed, beside the inbox."""

    service: Service
    settings: Any
    conn: asyncpg.Connection
    reader: Reader
    consumer: Any
    counts: dict[str, int]
    report: Report
    say: recall.Say = recall.nothing
    held: Offsets = field(default_factory=dict)

    async def compare(self, since: datetime | None) -> None:
        groups = [self.settings.group(self.service.name, t) for t in self.service.topics()]
        noted = await committed_offsets(self.settings.kafka, groups)
        self.held = await held_positions(self.conn)
        self.report.behind = behind_by(self.held, noted)
        committed = await self._in_kafka(noted)
        if not committed:
            return
        kept = await self.consumer.beginning_offsets(list(committed))
        self._lose(kept, committed)
        starts = await self._starts(since, committed, kept)
        purpose = f"that {self.service.name} took"
        async for records in recall.by_topic(self.consumer, starts, committed, self.say, purpose):
            await self._look_up(records)
        for tp in self.report.behind.keys() & committed.keys():
            start = max(self.held.get(tp, 0), kept[tp])
            self.report.take_again(tp, min(start, committed[tp]))

    async def _in_kafka(self, noted: Offsets) -> Offsets:
        """The noted offsets, none beyond the log's end: a broker that was put back has less."""
        there = [tp for tp in noted if tp.partition < self.counts.get(tp.topic, 0)]
        ends = await self.consumer.end_offsets(there) if there else {}
        for tp, offset in noted.items():
            end = ends.get(tp, 0)
            if offset > end:
                first = f"{tp.topic}/{tp.partition}/{end}"
                self.report.note(BEYOND, tp.topic, first, None, offset - end)
        return {tp: min(noted[tp], end) for tp, end in ends.items()}

    async def _starts(self, since: datetime | None, committed: Offsets, kept: Offsets) -> Offsets:
        """What comes before the database's own position was decided before it was noted."""
        starts = {tp: self.held.get(tp, 0) for tp in committed}
        if since is not None:
            for tp, offset in (
                await recall.offsets_at(self.consumer, list(committed), since)
            ).items():
                starts[tp] = min(starts[tp], offset)
        return {tp: max(start, kept[tp]) for tp, start in starts.items()}

    def _lose(self, kept: Offsets, committed: Offsets) -> None:
        """Kafka's retention took messages which the database has forgotten as well."""
        for tp in self.report.behind.keys() & committed.keys():
            start = self.held.get(tp, 0)
            lost = min(kept[tp], committed[tp]) - start
            if lost > 0:
                first = f"{tp.topic}/{tp.partition}/{start}"
                self.report.note(LOST, tp.topic, first, None, lost)

    async def _look_up(self, records: list[ConsumerRecord]) -> None:
        ids = [(record, self._id(record)) for record in records]
        asked = list({mid for _, mid in ids if mid is not None})
        known = {UUID(bytes=row[0].bytes) for row in await self.conn.fetch(_KNOWN, asked)}
        together = topics.taken_together(topics.commands(self.service.name))
        own = {self.settings.topic_prefix + topic for topic in together}
        for record, mid in ids:
            tp = TopicPartition(record.topic, record.partition)
            if mid is not None and mid not in known:
                at = recall.when(record)
                self.report.note(FORGOTTEN, record.topic, origin(record), at)
                self.report.take_again(tp, record.offset)
            if record.topic not in own:
                self.report.until[tp] = record.offset + 1

    def _id(self, record: ConsumerRecord) -> UUID | None:
        """The id under which the inbox must know it; None for what the inbox does not keep."""
        arrival = self.reader.read(record)
        if arrival.poison:
            return arrival.id
        kept = arrival.hash and recall.at_home(record, self.counts)
        return arrival.id if kept else None


_KNOWN = """
select id from inbox where id = any($1)
union select message_id from parked where message_id = any($1)
"""
