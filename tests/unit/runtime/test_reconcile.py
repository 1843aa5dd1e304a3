"""A database beside Kafka: what must end although Kafka has less than was noted."""

from __future__ import annotations

import asyncio
import tracemalloc
from hashlib import blake2b
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import TopicPartition

from portal_runtime.recovery import reconcile
from portal_runtime.recovery.compare_published import _Journal
from portal_runtime.recovery.report import BEYOND, Report

COMMANDS = TopicPartition("claims.commands", 0)
GONE = TopicPartition("claims.old", 0)


class StubConsumer:
    """One partition with so many messages, none of which anybody keeps."""

    def __init__(self, messages: int) -> None:
        self.end, self.at = messages, 0

    async def beginning_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(tps, 0)

    async def end_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(tps, self.end)

    def assign(self, tps: list[TopicPartition]) -> None: ...

    def pause(self, tp: TopicPartition) -> None: ...

    def seek(self, tp: TopicPartition, offset: int) -> None:
        self.at = offset

    async def getmany(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        await asyncio.sleep(0)
        first, self.at = self.at, self.end
        rows = [
            SimpleNamespace(topic=COMMANDS.topic, partition=0, offset=n)
            for n in range(first, self.end)
        ]
        return {COMMANDS: rows} if rows else {}

    async def position(self, tp: TopicPartition) -> int:
        return self.at


class StubDatabase:
    """Holds so many of the commands' positions, and knows every message."""

    def __init__(self, held: int) -> None:
        self.held = held

    async def fetch(self, sql: str, *_: Any) -> list[tuple[Any, ...]]:
        return [(*COMMANDS, self.held)] if "from partition_positions" in sql else []


def comparing(
    monkeypatch: pytest.MonkeyPatch, committed: dict[TopicPartition, int], held: int, messages: int
) -> tuple[Report, list[str], Any]:
    async def offsets(*_: Any) -> dict[TopicPartition, int]:
        return committed

    async def drop(_: Any, records: list[Any]) -> None: ...

    monkeypatch.setattr(reconcile, "committed_offsets", offsets)
    monkeypatch.setattr(reconcile._Taken, "_look_up", drop)
    report, said = Report("claims"), list[str]()
    service: Any = SimpleNamespace(name="claims", topics=lambda: ["claims.commands"])
    settings = SimpleNamespace(kafka="", group=lambda *_: "g", topic_prefix="")
    conn: Any = StubDatabase(held)
    reader: Any = None
    taken = reconcile._Taken(
        *(service, settings, conn, reader, StubConsumer(messages)),
        *({COMMANDS.topic: 1}, report, said.append),
    )
    return report, said, taken


async def test_offsets_beyond_the_logs_end_are_a_finding_and_are_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report, said, taken = comparing(monkeypatch, {COMMANDS: 100, GONE: 7}, held=90, messages=50)
    async with asyncio.timeout(5):
        await taken.compare(None)
    beyond = {topic: f for (what, topic), f in report.findings.items() if what == BEYOND}
    assert (beyond[COMMANDS.topic].count, beyond[GONE.topic].count) == (50, 7)
    assert beyond[COMMANDS.topic].first == "claims.commands/0/50"
    assert report.again == {COMMANDS: 50}, "an offset must never be set beyond the end"
    assert report.uncertain
    assert said == []


async def test_what_kafka_has_is_read_up_to_the_committed_offset(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report, said, taken = comparing(monkeypatch, {COMMANDS: 40}, held=10, messages=50)
    async with asyncio.timeout(5):
        await taken.compare(None)
    assert (report.findings, report.again) == ({}, {COMMANDS: 10})
    assert said == ["claims.commands: reading 30 messages that claims took"]


def journal(ids: list[UUID]) -> _Journal:
    made = _Journal()
    for mid in sorted(ids):
        made.add(mid.bytes, digest(mid))
    return made


def digest(mid: UUID) -> bytes:
    return blake2b(mid.bytes, digest_size=16).digest()


def test_every_row_of_the_journal_is_found_by_its_id_and_no_other() -> None:
    ids = [uuid4() for _ in range(300)]
    rows = journal(ids)
    for mid in ids[1:]:
        row = rows.row(mid.bytes)
        assert row is not None and rows.digest(row) == digest(mid)
        rows.mark(row)
    assert rows.row(uuid4().bytes) is None
    assert not rows.missing(uuid4().bytes)
    assert [mid for mid in ids if rows.missing(mid.bytes)] == ids[:1]
    assert not rows.all_found
    rows.mark(rows.row(ids[0].bytes) or 0)
    assert rows.all_found


def test_a_row_of_the_journal_takes_less_than_fifty_bytes() -> None:
    ids = [uuid4() for _ in range(10_000)]
    tracemalloc.start()
    try:
        rows = journal(ids)
        assert tracemalloc.get_traced_memory()[0] < 50 * len(ids) + 100_000
    finally:
        tracemalloc.stop()
    assert len(rows) == len(ids)
