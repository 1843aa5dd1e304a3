"""How a pipeline subscribes through FastStream: raw records, no automatic commits, static members.

FastStream's own parser would decode headers and lose a batch over a bad one, and each of its
acknowledgment policies except MANUAL commits too early.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from portal_contracts import topics


def subscriber(
    broker: KafkaBroker, service: str, topic: str, settings: Any, listener: "Listener"
) -> Any:
    """The FastStream subscriber of a topic, and of what is taken with it."""
    return broker.subscriber(
        *(settings.topic_prefix + name for name in topics.taken_together(topic)),
        # By range: a partition of the bulk topic goes where that of the commands goes. Only one
        # strategy: aiokafka joins once for each, and two members can keep each other joining
        # forever.
        partition_assignment_strategy=(RangePartitionAssignor,),
        group_id=settings.group(service, topic),
        group_instance_id=f"{service}-{settings.instance}-{topic}",
        batch=True,
        max_records=settings.batch_size,
        batch_timeout_ms=settings.poll_ms,
        ack_policy=AckPolicy.MANUAL,
        no_reply=True,
        auto_offset_reset="earliest",
        listener=listener,
        parser=raw_parser,
        decoder=raw_decoder,
        session_timeout_ms=8_000,
        heartbeat_interval_ms=1_000,
        max_poll_interval_ms=settings.max_poll_interval_ms,
        fetch_max_wait_ms=500,
        max_partition_fetch_bytes=2 * 1024 * 1024,
    )


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Hands partitions over only when what is in flight is finished."""

    def __init__(self, revoked: Callable[[], Awaitable[None]], assigned: Callable[[int], None]):
        self._revoked = revoked
        self._assigned = assigned

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._revoked()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._assigned(len(assigned))


async def raw_parser(records: tuple[ConsumerRecord, ...]) -> KafkaMessage:
    """Cannot fail: looks into nothing. The records are read one by one in `Pipeline`."""
    return KafkaMessage(body=b"", raw_message=records, consumer=_NO_CONSUMER, message_id="batch")


async def raw_decoder(message: KafkaMessage) -> list[ConsumerRecord]:
    return list(message.raw_message)


class _NoConsumer:
    """FastStream never acknowledges here; offsets are committed by the pipeline."""

    async def commit(self) -> None:
        return None

    def seek(self, **_: Any) -> None:
        return None


_NO_CONSUMER: Any = _NoConsumer()
