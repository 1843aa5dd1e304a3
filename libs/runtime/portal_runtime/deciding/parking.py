"""Keeps messages that could not be decided: each in one row, however often it is replayed."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from aiokafka import ConsumerRecord

from portal_runtime.intake.arrival import ANNOUNCER, Arrival
from portal_runtime.intake.incoming import EVENTS

KEPT = 1_000
"""Most open unsigned messages that are kept whole. Of more only position and reason are kept: their
bytes are in Kafka, and whoever sends them must not fill the disk."""
LONGEST_SIGNER = 200


async def save_parked(conn: Any, batch: UUID, parked: Sequence[Arrival]) -> None:
    """Keep them, each with how many times it was parked and where it was parked from first."""
    room: int | None = None
    for arrival in parked:  # rare, so one by one
        signer = _signer(arrival)
        if signer is None and not arrival.record.topic.endswith(EVENTS):
            room = await _room(conn) if room is None else room - 1
            arrival.unspeakable = arrival.unspeakable or room <= 0
        row = await conn.fetchrow(PARK, *_values(arrival, signer), batch)
        arrival.attempts, arrival.origin = row["attempts"], row["origin"]


async def _room(conn: Any) -> int:
    """How many more unsigned ones can be kept whole."""
    held: int = await conn.fetchval(HELD, KEPT)
    return KEPT - held


def _values(arrival: Arrival, signer: str | None) -> tuple[Any, ...]:
    record, whole = arrival.record, not arrival.unspeakable
    headers = record.headers if whole else []
    return (
        record.topic,
        record.partition,
        record.offset,
        record.key if whole else None,
        [name for name, _ in headers],
        [value or b"" for _, value in headers],
        record.value if whole else None,
        arrival.id,
        arrival.envelope.type if arrival.envelope and whole else None,
        arrival.poison,
        whole,
        content_of(record) if whole else None,
        signer if whole else None,
    )


def _signer(arrival: Arrival) -> str | None:
    """Who signed it: role and subject; None where nobody did."""
    if not arrival.hash or arrival.principal is ANNOUNCER:
        return None
    return f"{arrival.principal.role} {arrival.principal.subject}"[:LONGEST_SIGNER]


def content_of(record: ConsumerRecord) -> bytes:
    """By what a replay is known as the message that was parked: SHA-256 of all but its offset.

    Many have no id that could be read. A header of ours would change what is replayed, and anybody
    could write one.
    """
    made = sha256(b"%s/%d" % (record.topic.encode(), record.partition))
    names = (name.encode() for name, _ in record.headers)
    values = (value or b"" for _, value in record.headers)
    for part in (record.key or b"", record.value or b"", *names, *values):
        made.update(b"%d:" % len(part))
        made.update(part)
    return made.digest()


HELD = """
select count(*) from
(select from parked
 where signer is null and whole and state = 'parked' and topic not like '%.events' limit $1) as held
"""
PARK = """
with again as (
    update parked set state = 'parked', attempts = attempts + 1, reason = $10, batch = $14
    where id = (select id from parked where content = $12 and state in ('replaying', 'replayed')
                order by at limit 1 for update)
    returning topic, partition, "offset", attempts),
fresh as (
    insert into parked (id, topic, partition, "offset", key, header_names, header_values, value,
                        message_id, type, reason, whole, content, signer, batch)
    select gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
    where not exists (select from again)
    returning topic, partition, "offset", attempts)
select topic || '/' || partition || '/' || "offset" as origin, attempts
from (table again union all table fresh) as kept
"""
