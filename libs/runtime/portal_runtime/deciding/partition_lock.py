"""One owner of a partition at a time, even when Kafka has already assigned it to the next.

An owner that is frozen inside its transaction may commit after another has taken over. Where all
messages of a key are in one topic that does no harm: the next owner meets the same message, and its
row in the inbox. With several topics it may take another message first (ADR 8).
"""

from collections.abc import Iterable
from typing import Any

OWNERS = 7_016_274
"""Any constant: locks with two numbers never collide with locks that have one."""


async def hold(conn: Any, partitions: Iterable[int]) -> None:
    """Until the transaction ends, nobody else decides messages of these partitions.

    Taken before anything is read, so that what is read afterwards includes what the previous owner
    committed. It waits 20 seconds at most: then PostgreSQL ends a session that is idle in a
    transaction.
    """
    await conn.execute(_HOLD, OWNERS, sorted(partitions))


_HOLD = "select pg_advisory_xact_lock($1, part) from unnest($2::int[]) part"
