"""What a service announced, as Kafka has it, beside its journal: one half of `portal reconcile`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import ConsumerRecord, TopicPartition

from portal_contracts import envelope as e
from portal_contracts import topics
from portal_runtime import recall
from portal_runtime.findings import ANNOUNCED, DIFFERENT, OWED, UNSENT, Report

TIMES = re.compile(rb'"\d{4}-\d\d-\d\dT[^"]*"')
"""Moments in a body: deciding again takes place later, and that alone is no other decision."""
TOLERANCE = timedelta(minutes=1)
"""Between the clock of PostgreSQL and the stamp of a message."""


@dataclass(slots=True)
class _Entry:
    """One row of the journal, or one message of ours in Kafka."""

    topic: str
    place: str
    at: datetime
    digest: bytes


async def compare_announced(
    service: str,
    settings: Any,
    conn: asyncpg.Connection,
    consumer: Any,
    counts: dict[str, int],
    since: datetime,
    report: Report,
) -> None:
    """Add the differences since then to the report."""
    for row in await conn.fetch(_OWED):
        report.note(OWED, service, f"batch {row[0]}", row[1])
    # In this order: what is in the journal now is in Kafka when that is read afterwards; what is
    # in Kafka and was not in the journal then is looked up once more at the end.
    journal = await _journal(conn, since)
    # Its events, and everybody's commands: any of them may have come from this service.
    own = settings.topic_prefix + topics.events(service)
    names = [own, *filter(topics.holds_commands, counts)]
    search = _Search(service, consumer, journal, report)
    await search.read(recall.partitions(counts, names), since)
    late = await _late(conn, list(search.unknown))
    for mid, entry in search.unknown.items():
        if mid not in late:
            report.note(ANNOUNCED, entry.topic, entry.place, entry.at)
        elif late[mid] != entry.digest:
            report.note(DIFFERENT, entry.topic, entry.place, entry.at)
    for mid, entry in journal.items():
        topic = settings.topic_prefix + entry.topic
        if mid not in search.found and entry.at >= search.complete_since(topic, since) + TOLERANCE:
            report.note(UNSENT, topic, entry.place, entry.at)


async def _journal(conn: asyncpg.Connection, since: datetime) -> dict[UUID, _Entry]:
    found: dict[UUID, _Entry] = {}
    async with conn.transaction(readonly=True):
        async for mid, topic, batch, at, body in conn.cursor(_JOURNAL, since, prefetch=1000):
            found[UUID(bytes=mid.bytes)] = _Entry(topic, f"batch {batch}", at, _digest(body))
    return found


async def _late(conn: asyncpg.Connection, ids: list[UUID]) -> dict[UUID, bytes]:
    rows = await conn.fetch("select id, body from journal where id = any($1)", ids) if ids else []
    return {UUID(bytes=row[0].bytes): _digest(row[1]) for row in rows}


def _digest(body: bytes | None) -> bytes:
    return blake2b(TIMES.sub(b"", body or b""), digest_size=16).digest()


@dataclass
class _Search:
    """Reads the topics and compares each message of this service."""

    service: str
    consumer: Any
    journal: dict[UUID, _Entry]
    report: Report
    found: set[UUID] = field(default_factory=set)
    different: set[UUID] = field(default_factory=set)
    unknown: dict[UUID, _Entry] = field(default_factory=dict)
    cut: dict[str, datetime] = field(default_factory=dict)

    async def read(self, places: list[TopicPartition], since: datetime) -> None:
        if not places:
            return
        kept = await self.consumer.beginning_offsets(places)
        ends = await self.consumer.end_offsets(places)
        starts = {**ends, **await recall.offsets_at(self.consumer, places, since)}
        shortened = {place for place in places if 0 < kept[place] >= starts[place]}
        for place in shortened:
            if kept[place] == ends[place]:  # everything was deleted
                self._cut(place.topic, datetime.now(UTC))
        async for records in recall.chunks(self.consumer, starts, ends):
            place = TopicPartition(records[0].topic, records[0].partition)
            if place in shortened:
                self._cut(place.topic, recall.when(records[0]))
                shortened.discard(place)
            self._compare(records)

    def complete_since(self, topic: str, since: datetime) -> datetime:
        """From when on Kafka still has everything of a topic."""
        return max(since, self.cut.get(topic, since))

    def _cut(self, topic: str, at: datetime) -> None:
        self.cut[topic] = max(at, self.cut.get(topic, at))

    def _compare(self, records: Iterable[ConsumerRecord]) -> None:
        for record in records:
            mid = self._own_id(record)
            if mid is None:
                continue
            entry = _Entry(
                record.topic, recall.where(record), recall.when(record), _digest(record.value)
            )
            row = self.journal.get(mid)
            if row is None:
                self.unknown.setdefault(mid, entry)
                continue
            self.found.add(mid)
            if row.digest != entry.digest and mid not in self.different:
                self.different.add(mid)
                self.report.note(DIFFERENT, entry.topic, entry.place, entry.at)

    def _own_id(self, record: ConsumerRecord) -> UUID | None:
        """Of what followed from a message. A timer's command has no cause and no journal row."""
        headers = dict(record.headers)
        if headers.get(e.SOURCE) != self.service.encode() or not headers.get(e.CAUSATION):
            return None
        try:
            return UUID(headers[e.ID].decode())
        except (KeyError, ValueError):
            return None


_OWED = "select id, at from batches where not published and at < now() - interval '10 seconds'"
_JOURNAL = """
select j.id, j.topic, j.batch, b.at, j.body from batches b join journal j on j.batch = b.id
where b.published and b.at >= $1
"""
