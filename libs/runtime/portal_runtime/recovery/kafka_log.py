"""Reading Kafka's topics once more, outside of any consumer group."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from portal_contracts import topics
from portal_runtime.storage.partition_positions import Offsets
from portal_runtime.wire import aiokafka_patches
from portal_runtime.wire.partitioner import partition_of

CHUNK = 1000
Say = Callable[[str], None]
"""Progress, a line at a time."""


def nothing(_: str) -> None:
    """A `Say` that prints nothing."""


@asynccontextmanager
async def reading(bootstrap: str) -> AsyncIterator[Any]:
    """A consumer of no group: it commits nothing and disturbs nobody."""
    aiokafka_patches.apply()
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def partition_counts(bootstrap: str, prefix: str) -> dict[str, int]:
    """Every topic with the prefix, and how many partitions it has."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        names = [name for name in await admin.list_topics() if name.startswith(prefix)]
        return {d["topic"]: len(d["partitions"]) for d in await admin.describe_topics(names)}
    finally:
        await admin.close()


def partitions(counts: dict[str, int], names: Iterable[str]) -> list[TopicPartition]:
    """All partitions of those topics that exist."""
    return [
        TopicPartition(name, number)
        for name in sorted(set(names))
        for number in range(counts.get(name, 0))
    ]


async def offsets_at(consumer: Any, tps: Collection[TopicPartition], at: datetime) -> Offsets:
    """The first message since then of each partition that has one."""
    if not tps:
        return {}
    stamp = max(0, int(at.timestamp() * 1000))
    found = await consumer.offsets_for_times(dict.fromkeys(tps, stamp))
    return {tp: f.offset for tp, f in found.items() if f is not None}


async def by_topic(
    consumer: Any, starts: Offsets, ends: Offsets, say: Say, purpose: str
) -> AsyncIterator[list[ConsumerRecord]]:
    """As `chunks`, one topic after the other, and a line for each that has something to read."""
    for topic in sorted({tp.topic for tp in starts}):
        own = {tp: start for tp, start in starts.items() if tp.topic == topic}
        count = sum(max(0, ends.get(tp, 0) - start) for tp, start in own.items())
        if not count:
            continue
        say(f"{topic}: reading {count:,} message{'s' * (count != 1)} {purpose}")
        async for records in chunks(consumer, own, ends):
            yield records


async def chunks(
    consumer: Any, starts: Offsets, ends: Offsets
) -> AsyncIterator[list[ConsumerRecord]]:
    """The messages from `starts` until before `ends`, each partition in its order.

    `ends` must not lie beyond what Kafka has: it would be waited for.
    """
    open_ = {tp for tp, start in starts.items() if start < ends.get(tp, 0)}
    consumer.assign(sorted(open_))
    for tp in open_:
        consumer.seek(tp, starts[tp])
    while open_:
        for tp, records in (await consumer.getmany(timeout_ms=500, max_records=CHUNK)).items():
            if tp in open_ and (wanted := [r for r in records if r.offset < ends[tp]]):
                yield wanted
        for tp in sorted(open_):
            if await consumer.position(tp) >= ends[tp]:
                consumer.pause(tp)
                open_.discard(tp)


def at_home(record: ConsumerRecord, counts: dict[str, int]) -> bool:
    """Whether a command is in the partition of its key; elsewhere it was refused and not kept."""
    if not topics.holds_commands(record.topic):
        return True
    return bool(partition_of(record.key, counts[record.topic]) == record.partition)


def when(record: ConsumerRecord) -> datetime:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)
