"""A header name that is no text is escaped; its neighbours are read as they are."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.consumer.fetcher import FetchResult, PartitionRecords
from aiokafka.errors import KafkaConnectionError
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from portal_runtime.wire import aiokafka_patches
from portal_runtime.wire.aiokafka_patches import LenientRecords, apply, surviving

MARK = b"NAME-TO-SPOIL"


def wire_batch(first: int, count: int, spoiled: int | None = None) -> bytes:
    """One wire batch of `count` records; the name of a header of record `spoiled` is no UTF-8."""
    builder = DefaultRecordBatchBuilder(2, 0, False, -1, -1, 0, 1_000_000)
    for n in range(count):
        name = MARK.decode() if n == spoiled else "ce_id"
        builder.append(n, 0, b"key", f"body {first + n}".encode(), [(name, b"v")])
    spoilt = bytes(builder.build()).replace(MARK, b"\xff" + MARK[1:])
    return first.to_bytes(8, "big") + spoilt[8:]


def read(raw: bytes, kind: Any) -> list[Any]:
    """All records, read the way the fetcher of a consumer does."""
    place = TopicPartition("t", 0)
    records = PartitionRecords(
        place, kind(raw), [], 0, None, None, check_crcs=False, isolation_level=0
    )
    state = SimpleNamespace(paused=False, position=0, consumed_to=lambda _: None)
    assignment = SimpleNamespace(active=True, state_value=lambda _: state)
    result = FetchResult(place, assignment=assignment, partition_records=records, backoff=0)
    found: list[Any] = result.getall()
    return found


def test_a_header_name_that_is_no_text_harms_no_neighbour() -> None:
    raw = wire_batch(0, 3) + wire_batch(3, 4, spoiled=2) + wire_batch(7, 2)
    with pytest.raises(UnicodeDecodeError):
        read(raw, MemoryRecords)  # what the library does by itself; when it no longer does, drop us
    found = read(raw, LenientRecords)
    assert [r.offset for r in found] == list(range(9))
    assert [r.value for r in found] == [f"body {n}".encode() for n in range(9)]
    assert found[5].headers == (("\\xffAME-TO-SPOIL", b"v"),)
    assert {r.key for r in found} == {b"key"}
    assert all(type(r.value) is bytes for r in found)


def test_nothing_changes_for_good_batches() -> None:
    raw = wire_batch(0, 5) + wire_batch(5, 1)
    ours, theirs = read(raw, LenientRecords), read(raw, MemoryRecords)
    assert ours == theirs


def test_a_connection_closed_a_moment_ago_is_a_broken_one() -> None:
    """uvloop raises RuntimeError where asyncio says nothing; it ended the fetching for ever."""
    closed: list[Any] = []

    class Connection:
        def close(self, reason: Any) -> None:
            closed.append(reason)

    def send(_: Connection, request: str) -> None:
        raise RuntimeError(f"unable to perform {request}; the handler is closed")

    with pytest.raises(KafkaConnectionError):
        surviving(send)(Connection(), "fetch")
    assert closed == [CloseReason.CONNECTION_BROKEN]


def test_the_clients_of_a_service_survive_it() -> None:
    apply()
    apply()
    assert AIOKafkaConnection.send.__wrapped__.__module__ == "aiokafka.conn"


def test_another_aiokafka_is_not_patched_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiokafka_patches, "version", lambda _: "0.15.1")
    with pytest.raises(RuntimeError, match=r"aiokafka 0\.15\.1: .* reaches into 0\.14"):
        apply()
