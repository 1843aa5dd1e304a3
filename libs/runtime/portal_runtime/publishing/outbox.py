"""What a decided batch sends: replies, and the journal rows that are its outbox."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import asyncpg

from portal_contracts import envelope as e
from portal_contracts import topics
from portal_runtime.deciding.batch import Batch
from portal_runtime.deciding.journal import message_of
from portal_runtime.deciding.partition_lock import hold
from portal_runtime.deciding.produced import BulkOrder, Produced
from portal_runtime.intake.incoming import MAX_BODY
from portal_runtime.publishing.replies import ReplyDesk
from portal_runtime.security.principals import ServiceSigner
from portal_runtime.storage.partition_positions import Offsets, PartitionPositions
from portal_runtime.wire.encoding import common_headers, headers, own_headers
from portal_runtime.wire.outgoing import Outgoing


class Outbox:
    """Turns decided batches into records, and remembers in the database which are published."""

    def __init__(
        self,
        service: str,
        pool: asyncpg.Pool,
        positions: PartitionPositions,
        desk: ReplyDesk,
        signer: ServiceSigner,
        topic_prefix: str,
    ) -> None:
        self._service = service
        self._pool = pool
        self._positions = positions
        self._desk = desk
        self._signer = signer
        self._prefix = topic_prefix

    async def records(self, batch: Batch) -> list[Outgoing]:
        """What to publish for a batch; first what interrupted batches left unpublished."""
        records: list[Outgoing] = []
        for interrupted in sorted(batch.resume, key=str):
            records += await self._interrupted(interrupted)
        for made in batch.produced:
            records += self._sends(made, batch.now)
        records += self._replies(batch)
        records += (
            self._dead_letter(
                a.origin,
                None if a.unspeakable else a.record.key,
                None if a.unspeakable else a.record.value,
                () if a.unspeakable else a.record.headers,
                a.poison,
                a.attempts,
                whole=not a.unspeakable,
            )
            for a in batch.parked
        )
        return records

    async def unpublished(self, partitions: Iterable[int]) -> tuple[set[UUID], list[Outgoing]]:
        """All batches that nobody has noted as published, and what they have to send, in order.

        Those of an earlier owner of the partitions who has not committed yet are waited for.
        """
        async with self._pool.acquire() as conn, conn.transaction():
            await hold(conn, partitions)
        batches = [row[0] for row in await self._pool.fetch(_UNPUBLISHED)]
        return set(batches), [
            record for batch in batches for record in await self._interrupted(batch)
        ]

    async def settled(self, batches: set[UUID], offsets: Offsets) -> None:
        """Note that everything of these batches is in Kafka, and how far each partition is."""
        await self._positions.note(self._pool, batches, offsets)

    def _replies(self, batch: Batch) -> Iterable[Outgoing]:
        for position, answer in batch.answers.items():
            arrival, record = batch.arrivals[position], None
            if arrival.envelope is not None and arrival.envelope.reply_to:
                record = self._desk.address(arrival.envelope, answer, batch.now)
            elif arrival.asker is not None:
                record = self._desk.tell(arrival.asker, answer, batch.now)
            if record is not None:
                yield record

    async def _interrupted(self, batch: UUID) -> list[Outgoing]:
        """What a batch that was committed but not published before a crash has to send."""
        rows = await self._pool.fetch(_UNPUBLISHED_MESSAGES, batch)
        parked = await self._pool.fetch(_UNPUBLISHED_PARKED, batch)
        letters = [
            self._dead_letter(
                p["origin"],
                p["key"],
                p["value"],
                list(zip(p["header_names"], p["header_values"], strict=True)),
                p["reason"],
                p["attempts"],
                whole=p["whole"],
            )
            for p in parked
        ]
        return letters + [self._record(message_of(row), row["at"]) for row in rows]

    def _sends(self, made: Produced | BulkOrder, at: datetime) -> Iterator[Outgoing]:
        if isinstance(made, Produced):
            yield self._record(made, at)
            return
        common = common_headers(
            made.type,
            self._service,
            time=at,
            correlation=made.correlation,
            causation=made.cause,
            traceparent=made.traceparent,
        )
        topic, seconds = self._prefix + made.topic, int(at.timestamp())
        for mid, key, subject, body in zip(
            made.ids, made.keys, made.subjects, made.bodies, strict=True
        ):
            mac = self._signer.mac(mid, made.type, key, body, seconds)
            own = [*common, *own_headers(mid, subject), (e.PRINCIPAL, mac)]
            yield Outgoing(topic, key.encode(), body, own)

    def _record(self, p: Produced, at: datetime) -> Outgoing:
        made = headers(
            p.type,
            self._service,
            id=p.id,
            time=at,
            subject=p.subject,
            correlation=p.correlation,
            causation=p.cause,
            traceparent=p.traceparent,
        )
        if topics.holds_commands(p.topic):
            bulk = p.topic == topics.bulk(self._service)
            sign = self._signer.mac if bulk else self._signer.sign
            made.append((e.PRINCIPAL, sign(p.id, p.type, p.key, p.body, int(at.timestamp()))))
        return Outgoing(self._prefix + p.topic, p.key.encode(), p.body, made)

    def _dead_letter(
        self,
        origin: str,
        key: bytes | None,
        value: bytes | None,
        headers: Iterable[tuple[str, bytes]],
        reason: str,
        attempts: int,
        *,
        whole: bool,
    ) -> Outgoing:
        """The message as it came, with reason, origin and number of attempts; partition 0.

        Its origin is where it was parked first: a replay does not change that.
        """
        about = [
            ("dlq_reason", reason.encode()),
            ("dlq_origin", origin.encode()),
            ("dlq_attempts", str(attempts).encode()),
        ]
        made = [*((name, v) for name, v in headers if not name.startswith("dlq_")), *about]
        topic = f"{self._prefix}{self._service}.dead-letters"
        size = len(value or b"") + sum(len(n) + len(v or b"") for n, v in made)
        if (
            size > MAX_BODY or not whole
        ):  # the whole of it is in the table `parked`; the topic only announces it
            return Outgoing(topic, b"", b"", [*about, ("dlq_truncated", b"true")], 0)
        return Outgoing(topic, key or b"", value or b"", made, 0)


_UNPUBLISHED = "select id from batches where not published order by id"
_UNPUBLISHED_MESSAGES = """
select * from journal_messages
where batch = $1 and exists (select from batches where id = $1 and not published) order by n
"""
_UNPUBLISHED_PARKED = """
select p.topic || '/' || p.partition || '/' || p."offset" as origin, p.key, p.value, p.header_names,
       p.header_values, p.reason, p.attempts, p.whole
from batches b join parked p on p.batch = b.id where b.id = $1 and not b.published
"""
