"""What a service published, compared with its journal: one half of `portal reconcile`."""

import re
from bisect import bisect_left
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
from portal_runtime.intake.arrival import origin
from portal_runtime.recovery import kafka_log as recall
from portal_runtime.recovery.report import ANNOUNCED, DIFFERENT, UNPUBLISHED, UNSENT, Report

TIMES = re.compile(rb'"\d{4}-\d\d-\d\dT[^"]*"')
"""Timestamps in a body: deciding again happens later, and that alone is not another decision."""
TOLERANCE = timedelta(minutes=1)
"""Between the clock of PostgreSQL and the stamp of a message."""


@dataclass(slots=True)
class _Entry:
    """A message of ours in Kafka which the journal did not have when it was read."""

    topic: str
    position: str
    at: datetime
    digest: bytes


class _Journal:
    """Ids and digests of journal rows, sorted by id: 33 bytes a row, and no object for any.

    An hour at 4,000 claims a second is some 40,000,000 rows. A million of them take 36 MB (measured
    on 2026-11-25; a dict of objects took ten times that), so such an hour takes about 1.5 GB.
    """

    def __init__(self) -> None:
        self._ids, self._digests, self._found = bytearray(), bytearray(), bytearray()

    def add(self, mid: bytes, digest: bytes) -> None:
        """In the order of the ids."""
        self._ids += mid
        self._digests += digest
        self._found.append(0)

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, row: int) -> bytes:
        return bytes(self._ids[16 * row : 16 * row + 16])

    def row(self, mid: bytes) -> int | None:
        row = bisect_left(self, mid)
        return row if row < len(self) and self[row] == mid else None

    def digest(self, row: int) -> bytes:
        return bytes(self._digests[16 * row : 16 * row + 16])

    def mark(self, row: int) -> None:
        self._found[row] = 1

    def missing(self, mid: bytes) -> bool:
        """Whether it was read from the journal, and nobody found it in Kafka."""
        row = self.row(mid)
        return row is not None and not self._found[row]

    @property
    def all_found(self) -> bool:
        return 0 not in self._found


async def compare_announced(
    service: str,
    settings: Any,
    conn: asyncpg.Connection,
    consumer: Any,
    counts: dict[str, int],
    since: datetime,
    report: Report,
    say: recall.Say = recall.nothing,
) -> None:
    """Add the differences since then to the report."""
    for row in await conn.fetch(_UNPUBLISHED):
        report.note(UNPUBLISHED, service, f"batch {row[0]}", row[1])
    # In this order: what is in the journal now is in Kafka when that is read afterwards; what is
    # in Kafka and was not in the journal then is looked up once more at the end.
    say(f"journal: reading what was announced since {since:%Y-%m-%d %H:%M} UTC")
    journal = await _journal(conn, since)
    # Its events, and everybody's commands: any of them may have come from this service.
    own = settings.topic_prefix + topics.events(service)
    names = [own, *filter(topics.holds_commands, counts)]
    search = _Search(service, consumer, journal, report, say)
    await search.read(recall.partitions(counts, names), since)
    late = await _late(conn, list(search.unknown))
    for mid, entry in search.unknown.items():
        if mid not in late:
            report.note(ANNOUNCED, entry.topic, entry.position, entry.at)
        elif late[mid] != entry.digest:
            report.note(DIFFERENT, entry.topic, entry.position, entry.at)
    if not journal.all_found:
        await _unsent(conn, since, search, settings.topic_prefix)


async def _journal(conn: asyncpg.Connection, since: datetime) -> _Journal:
    found = _Journal()
    async with conn.transaction(readonly=True):
        async for mid, body in conn.cursor(_JOURNAL, since, prefetch=1000):
            found.add(mid.bytes, _digest(body))
    return found


async def _unsent(
    conn: asyncpg.Connection, since: datetime, search: "_Search", prefix: str
) -> None:
    """The journal once more, for where and when of the rows that are not in Kafka."""
    async with conn.transaction(readonly=True):
        async for mid, topic, batch, at in conn.cursor(_POSITIONS, since, prefetch=1000):
            name = prefix + topic
            if search.journal.missing(mid.bytes) and (
                at >= search.complete_since(name, since) + TOLERANCE
            ):
                search.report.note(UNSENT, name, f"batch {batch}", at)


async def _late(conn: asyncpg.Connection, ids: list[bytes]) -> dict[bytes, bytes]:
    wanted = [UUID(bytes=mid) for mid in ids]
    rows = await conn.fetch(_BY_ID, wanted) if wanted else ()
    return {row[0].bytes: _digest(row[1]) for row in rows}


def _digest(body: bytes | None) -> bytes:
    return blake2b(TIMES.sub(b"", body or b""), digest_size=16).digest()


@dataclass
class _Search:
    """Reads the topics and compares each message of this service."""

    service: str
    consumer: Any
    journal: _Journal
    report: Report
    say: recall.Say = recall.nothing
    different: set[int] = field(default_factory=set)
    unknown: dict[bytes, _Entry] = field(default_factory=dict)
    cut: dict[str, datetime] = field(default_factory=dict)

    async def read(self, tps: list[TopicPartition], since: datetime) -> None:
        if not tps:
            return
        kept = await self.consumer.beginning_offsets(tps)
        ends = await self.consumer.end_offsets(tps)
        starts = {**ends, **await recall.offsets_at(self.consumer, tps, since)}
        shortened = {tp for tp in tps if 0 < kept[tp] >= starts[tp]}
        for tp in shortened:
            if kept[tp] == ends[tp]:  # everything was deleted
                self._cut(tp.topic, datetime.now(UTC))
        purpose = f"for what {self.service} announced"
        async for records in recall.by_topic(self.consumer, starts, ends, self.say, purpose):
            tp = TopicPartition(records[0].topic, records[0].partition)
            if tp in shortened:
                self._cut(tp.topic, recall.when(records[0]))
                shortened.discard(tp)
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
            position, at, digest = origin(record), recall.when(record), _digest(record.value)
            row = self.journal.row(mid)
            if row is None:
                self.unknown.setdefault(mid, _Entry(record.topic, position, at, digest))
                continue
            self.journal.mark(row)
            if self.journal.digest(row) != digest and row not in self.different:
                self.different.add(row)
                self.report.note(DIFFERENT, record.topic, position, at)

    def _own_id(self, record: ConsumerRecord) -> bytes | None:
        """Of what followed from a message. A timer's command has no cause and no journal row."""
        headers = dict(record.headers)
        if headers.get(e.SOURCE) != self.service.encode() or not headers.get(e.CAUSATION):
            return None
        try:
            return UUID(headers[e.ID].decode()).bytes
        except (KeyError, ValueError):
            return None


_UNPUBLISHED = (
    "select id, at from batches where not published and at < now() - interval '10 seconds'"
)
_BY_ID = "select id, body from journal_messages where id = any($1)"
# A view over two tables takes a join only so: otherwise all of `journal_bulk` would be read.
_JOURNAL = """
select m.id, m.body from batches b
cross join lateral (select id, body from journal_messages where batch = b.id offset 0) m
where b.published and b.at >= $1 order by m.id
"""
_POSITIONS = """
select m.id, m.topic, b.id, b.at from batches b
cross join lateral (select id, topic from journal_messages where batch = b.id offset 0) m
where b.published and b.at >= $1
"""
