"""One owner of a partition at a time, also when Kafka believes in the next one already.

An owner that is frozen inside its transaction may commit after another has taken over. Where all
messages of a key are in one topic that does no harm: the next owner meets the same message again,
and its row in the inbox. Of several topics it may take another one first (ADR 8).
"""

from collections.abc import Iterable
from typing import Any

OWNERS = 7_016_274
"""Any constant: these locks have two numbers, so they are never one of those with one number."""


async def hold(conn: Any, partitions: Iterable[int]) -> None:
    """Until the transaction ends, nobody else decides messages of these partitions.

    First of all, so that whatever is read afterwards was committed by whoever was waited for. That
    lasts 20 seconds at most: then PostgreSQL ends a session that is idle inside a transaction.
    """
    await conn.execute(_HOLD, OWNERS, sorted(partitions))


_HOLD = "select pg_advisory_xact_lock($1, part) from unnest($2::int[]) part"
