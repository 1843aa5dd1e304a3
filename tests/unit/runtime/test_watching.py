"""What a service says of its consumers: the truth, also after partitions came and went."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from prometheus_client import REGISTRY

from portal_runtime.consuming import watching
from portal_runtime.consuming.pipeline import Pipeline
from portal_runtime.consuming.watching import Watch
from portal_runtime.observing.metrics import MISSED

HERE, THERE = TopicPartition("t", 0), TopicPartition("t", 1)


class Consumer:
    """As much of aiokafka's as is looked at."""

    def __init__(self, *tps: TopicPartition) -> None:
        self.assigned = set(tps)
        self.ends: dict[TopicPartition, int | None] = dict.fromkeys(tps, 0)
        self.positions = dict.fromkeys(tps, 0)
        self.beginnings = {HERE: 0, THERE: 0}
        self.offset: int | None = 0

    def assignment(self) -> set[TopicPartition]:
        return self.assigned

    def highwater(self, tp: TopicPartition) -> int | None:
        return self.ends.get(tp)

    async def position(self, tp: TopicPartition) -> int:
        if tp not in self.positions:
            await asyncio.Event().wait()
        return self.positions[tp]

    async def committed(self, _: TopicPartition) -> int | None:
        return self.offset

    async def beginning_offsets(self, tps: list[TopicPartition]) -> dict[TopicPartition, int]:
        return {tp: self.beginnings[tp] for tp in tps}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    now = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(watching, "monotonic", lambda: now.seconds)
    return now


def lag(partition: int) -> float | None:
    labels = {"service": "s", "topic": "watched", "partition": str(partition)}
    return REGISTRY.get_sample_value("portal_consumer_lag", labels)


def watched(consumer: Consumer) -> Watch:
    return Watch("s", "watched", lambda: consumer)


async def test_a_partition_that_was_lost_shows_no_lag_and_holds_up_nothing_when_it_is_back(
    clock: Any,
) -> None:
    consumer = Consumer(HERE, THERE)
    watch = watched(consumer)
    watch.committed({HERE: 10, THERE: 5})
    consumer.ends = {HERE: 10, THERE: 405}
    await watch.measure_lag(1)
    assert (lag(0), lag(1)) == (0.0, 400.0)
    consumer.assigned = {HERE}
    watch.handed_out()
    await watch.measure_lag(1)
    assert lag(1) is None, "somebody else works there now and says how far it is"
    consumer.assigned = {HERE, THERE}  # and back, after the other one has done all of it
    consumer.positions = {HERE: 10, THERE: 405}
    watch.handed_out()
    await watch.measure_lag(0)
    clock.seconds += watching.STALLED + 1
    assert not watch.stalled(0)


def test_waiting_messages_of_which_none_is_taken_are_a_stall(clock: Any) -> None:
    consumer = Consumer(HERE)
    watch = watched(consumer)
    watch.committed({HERE: 10})
    consumer.ends = {HERE: 11}
    clock.seconds += watching.STALLED - 1
    assert not watch.stalled(0)
    clock.seconds += 2
    assert watch.stalled(0)
    watch.moved()
    assert not watch.stalled(0)


async def test_a_service_that_stands_still_from_its_start_shows_what_waits(clock: Any) -> None:
    consumer = Consumer(HERE)
    watch = watched(consumer)
    watch.handed_out()
    consumer.positions, consumer.ends = {HERE: 7}, {HERE: 1_000_007}
    await watch.measure_lag(0)
    assert lag(0) == 1_000_000
    clock.seconds += watching.STALLED + 1
    assert watch.stalled(0)


async def test_what_was_taken_first_and_is_not_finished_still_waits() -> None:
    consumer = Consumer(HERE)
    watch = watched(consumer)
    watch.taken([SimpleNamespace(topic="t", partition=0, offset=n) for n in (3, 4)])
    consumer.positions, consumer.ends = {HERE: 5}, {HERE: 6}
    await watch.measure_lag(1)
    assert lag(0) == 3


async def test_the_mark_of_a_transaction_is_no_message_that_waits(clock: Any) -> None:
    consumer = Consumer(HERE)
    watch = watched(consumer)
    watch.committed({HERE: 10})
    consumer.positions, consumer.ends = {HERE: 11}, {HERE: 11}
    await watch.measure_lag(0)
    assert lag(0) == 0
    clock.seconds += watching.STALLED + 1
    assert not watch.stalled(0)


async def test_measuring_waits_for_nobody() -> None:
    """Kafka has not answered, or the position is looked up anew."""
    unheard, unplaced = TopicPartition("t", 8), TopicPartition("t", 9)
    consumer = Consumer(unheard, unplaced)
    consumer.positions, consumer.ends = {}, {unheard: None, unplaced: 5}
    async with asyncio.timeout(5):
        await watched(consumer).measure_lag(0)
    assert (lag(8), lag(9)) == (None, None)


def test_messages_that_were_taken_and_are_not_finished_are_a_stall_later(clock: Any) -> None:
    watch = watched(Consumer(HERE))
    clock.seconds += watching.STALLED + 1
    assert not watch.stalled(1)
    clock.seconds += watching.STUCK
    assert watch.stalled(1)


def test_the_counters_that_alerts_look_at_are_there_before_anything_was_taken() -> None:
    Pipeline("s", "fresh", *[None] * 4)  # type: ignore[arg-type]
    labels = {"service": "s", "topic": "fresh"}
    for outcome in ("decided", "again", "refused", "parked"):
        found = REGISTRY.get_sample_value("portal_messages_total", {**labels, "outcome": outcome})
        assert found == 0.0
    assert REGISTRY.get_sample_value("portal_messages_missed_total", labels) == 0.0


@pytest.mark.parametrize(
    ("offsets", "beginning", "missed"),
    [
        ((0, 1, 2), 0, 0),
        ((0, 1, 3), 0, 0),  # the mark of a transaction, which is no message
        ((7, 8), 7, 7),  # Kafka has deleted what came before
    ],
)
async def test_only_what_kafka_has_deleted_counts_as_missed(
    offsets: tuple[int, ...], beginning: int, missed: int
) -> None:
    consumer = Consumer(HERE)
    consumer.beginnings[HERE] = beginning
    before = MISSED.labels("s", "watched")._value.get()
    records: list[Any] = [SimpleNamespace(topic="t", partition=0, offset=n) for n in offsets]
    await watched(consumer).look_for_gaps(records)
    assert MISSED.labels("s", "watched")._value.get() - before == missed
