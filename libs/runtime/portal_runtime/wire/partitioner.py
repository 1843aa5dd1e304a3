"""The partition of a key, as Kafka's own clients choose it."""

from aiokafka.partitioner import murmur2


def partition_of(key: bytes | None, count: int) -> int:
    """One of `count` partitions. aiokafka's hash is pure Python: remember what is asked often."""
    return int(murmur2(key or b"") & 0x7FFFFFFF) % count
