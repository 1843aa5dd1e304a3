"""Sets the offsets back to where a restored database ends: its messages are taken again.

Reading them again is ordinary redelivery (ADR 1), so this decides nothing itself. First the
database is told where it stands and what comes first, then Kafka; dying in between leaves a service
that waits.
"""

from collections.abc import Iterable
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import CommitFailedError, IllegalGenerationError, UnknownMemberIdError

from portal_contracts import topics
from portal_runtime.recovery.report import Report
from portal_runtime.service import Service
from portal_runtime.storage.partition_positions import Offsets


class StillRunning(Exception):
    """Instances of the service are in a consumer group; their commits would undo the rewind."""


async def mend(service: Service, settings: Any, conn: asyncpg.Connection, report: Report) -> None:
    """Have everything that was forgotten decided again by the ordinary flow."""
    groups = {
        settings.group(service.name, topic): {
            settings.topic_prefix + name for name in topics.taken_together(topic)
        }
        for topic in service.topics()
    }
    await _nobody_in(settings.kafka, groups)
    await _tell_database(conn, report)
    for group, names in groups.items():
        offsets = {tp: n for tp, n in report.again.items() if tp.topic in names}
        await _set(settings.kafka, group, offsets)


async def _nobody_in(bootstrap: str, groups: Iterable[str]) -> None:
    """Kafka accepts offsets from outside even for an active group."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        for group in groups:
            # One by one: aiokafka cannot read Kafka's answer about several.
            (answer,) = await admin.describe_consumer_groups([group])
            if answer.groups[0][2] not in ("Empty", "Dead"):
                raise StillRunning(group)
    finally:
        await admin.close()


async def _tell_database(conn: asyncpg.Connection, report: Report) -> None:
    async with conn.transaction():
        for tp, offset in report.again.items():
            await conn.execute(_STANDS, tp.topic, tp.partition, offset)
        for tp, until in report.until.items():
            if tp in report.again:
                await conn.execute(_FIRST, tp.topic, tp.partition, until)


async def _set(bootstrap: str, group: str, offsets: Offsets) -> None:
    if not offsets:
        return
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        tps: list[TopicPartition] = sorted(offsets)
        consumer.assign(tps)
        await consumer.commit(offsets)
    except (CommitFailedError, UnknownMemberIdError, IllegalGenerationError) as error:
        raise StillRunning(group) from error
    finally:
        await consumer.stop()


_STANDS = """
insert into partition_positions (topic, partition, next) values ($1, $2, $3)
on conflict (topic, partition) do update set next = excluded.next
"""
_FIRST = """
insert into catch_up (topic, partition, until) values ($1, $2, $3)
on conflict (topic, partition) do update set until = excluded.until
"""
