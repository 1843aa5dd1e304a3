"""17 beyond the edge: records that Kafka itself refuses, so that no service ever sees them."""

from __future__ import annotations

from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from portal_contracts import topics

MIB = 1_048_576
SIZES = (MIB - 1, MIB + 1, 10 * MIB)
"""Of the body. Kafka counts the headers too, so already the first is too much for it."""


async def refused(bootstrap: str, sizes: Sequence[int] = SIZES) -> list[int]:
    """Those of these sizes that Kafka refused, by a client that would have sent them."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=2 * max(sizes))
    await producer.start()
    try:
        return [size for size in sizes if not await _taken(producer, size)]
    finally:
        await producer.stop()


async def _taken(producer: AIOKafkaProducer, size: int) -> bool:
    try:
        await producer.send_and_wait(topics.commands("claims"), b"x" * size, key=b"7K")
    except MessageSizeTooLargeError:
        return False
    return True
