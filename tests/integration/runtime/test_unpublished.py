"""What a batch has to send, read from the journal: the same, byte for byte and in that order.

After a crash it is sent from there; `portal reconcile` compares it with Kafka.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from portal_contracts import envelope as e
from portal_contracts.envelope import Envelope
from portal_contracts.topics import TopicSpec
from portal_runtime.clock import Clock
from portal_runtime.deciding.batch import Batch
from portal_runtime.deciding.engine import Engine
from portal_runtime.deciding.produced import BulkOrder, Produced
from portal_runtime.domain.decision import Decision
from portal_runtime.intake.arrival import Arrival
from portal_runtime.publishing.outbox import _UNPUBLISHED_MESSAGES, Outbox
from portal_runtime.publishing.replies import ReplyDesk
from portal_runtime.recovery import kafka_log as recall
from portal_runtime.recovery.compare_published import compare_announced
from portal_runtime.recovery.report import UNSENT, Report
from portal_runtime.routes import on
from portal_runtime.security.keys import DEMO_ROLES
from portal_runtime.security.principals import Verifier, service_signer
from portal_runtime.settings import RuntimeSettings
from portal_runtime.storage.database import migrate
from portal_runtime.storage.partition_positions import PartitionPositions
from portal_runtime.wire.outgoing import Outgoing, Publisher
from tests.integration.runtime.conftest import Corner
from tests.support.connections import acquired
from tests.support.tally import SERVICE, Add, Added, Remind

ORDERED = 40
ODD = """ Zoë's "x", \\ \t ]"""


@pytest.fixture
async def pool(corner: Corner) -> AsyncIterator[asyncpg.Pool]:
    dsn = corner.isolation.dsn("tally")
    await migrate(dsn, SERVICE.migrations)
    async with asyncpg.create_pool(dsn) as made:
        yield made


def outbox(corner: Corner, pool: asyncpg.Pool, prefix: str = "") -> Outbox:
    signer = service_signer("tally", corner.keys / "services.private.pem")
    return Outbox(
        "tally", pool, PartitionPositions("tally"), ReplyDesk("tally", "", ()), signer, prefix
    )


def ordering(number: int, *, bulk_only: bool = False) -> Arrival:
    """A message from which bulk commands follow; and an event and a command, or an event only."""

    def order(command: Add, *_: object) -> Decision:
        added = Added(account=command.account, version=1, amount=1, total=1)
        reminds = tuple(Remind(account=f"{command.account}-{n}{ODD}") for n in range(ORDERED))
        if bulk_only:
            return Decision(events=(added,), bulk=reminds)
        adds = (Add(account="x", amount=1), Add(account="y", amount=2))
        return Decision(events=(added,), commands=(reminds[0],), bulk=(*reminds, *adds))

    command, mid = Add(account=f"a{number}", amount=1), UUID(int=number)
    body, now = command.model_dump_json().encode(), datetime.now(UTC)
    record = SimpleNamespace(
        topic="tally.reviews", partition=0, offset=number, key=b"", value=body, headers=[]
    )
    record.timestamp = int(now.timestamp() * 1000)
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    envelope = Envelope(
        id=mid, type=Add.TYPE, time=now, source="test", correlation_id="c", traceparent=trace
    )
    digest = sha256(body).digest()
    return Arrival(
        record,
        mid,
        envelope,
        on(Add, decide=order, grants={"provider": "all"}),
        command,
        hash=digest,
    )


def told(sends: list[Outgoing]) -> list[tuple[Any, ...]]:
    """Each record as a row of `journal_messages`."""
    rows = []
    for n, record in enumerate(sends):
        head = {name: (value or b"").decode() for name, value in record.headers}
        about = (record.topic, record.key.decode(), head[e.TYPE], head[e.SUBJECT], record.value)
        rows.append((n, head[e.ID], *about, head[e.CAUSATION], head[e.CORRELATION]))
    return rows


@pytest.mark.parametrize(
    ("arrivals", "single", "bulk", "messages"),
    [
        ((ordering(1), ordering(2)), 4, 4, 2 * (2 + ORDERED + 2)),
        ((ordering(1, bulk_only=True),), 1, 1, 1 + ORDERED),
    ],
)
async def test_bulk_commands_lie_in_one_row_and_are_owed_one_by_one(
    corner: Corner,
    pool: asyncpg.Pool,
    arrivals: tuple[Arrival, ...],
    single: int,
    bulk: int,
    messages: int,
) -> None:
    engine = Engine("tally", pool, Clock(), None, None)
    (batch,) = await engine.decide("tally.reviews", list(arrivals))
    sends = await outbox(corner, pool).records(batch)
    assert len(sends) == messages
    batches, owed = await outbox(corner, pool).unpublished({0})
    assert batches == {batch.id}
    assert owed == sends
    for table, count in (("journal", single), ("journal_bulk", bulk)):
        assert await pool.fetchval(f"select count(*) from {table}") == count, table
    assert [tuple(row) for row in await pool.fetch(_MESSAGES)] == told(sends)
    believed(corner, [record for record in owed if record.topic == "tally.bulk"])


def believed(corner: Corner, records: list[Outgoing]) -> None:
    """The service that reads them recognises its own mac."""
    secret = service_signer("tally", corner.keys / "services.private.pem").secret
    verifier = Verifier({}, "tally", secret, frozenset(), DEMO_ROLES)
    assert records
    for record in records:
        envelope = e.read_headers(record.headers)
        assert envelope.principal.startswith("mac.")
        who = verifier.verify(envelope, record.key, sha256(record.value).digest(), 14)
        assert who.subject == "service:tally"


async def test_what_a_batch_owes_is_found_by_its_key(pool: asyncpg.Pool) -> None:
    """The view joins nothing before it knows the batch: neither table is read as a whole."""
    async with acquired(pool) as conn, conn.transaction():
        await conn.execute("set local enable_seqscan = off")
        plan = await conn.fetch(
            f"explain {_UNPUBLISHED_MESSAGES.replace('$1', repr(str(UUID(int=1))))}"
        )
    text = "\n".join(row[0] for row in plan)
    assert "Index Scan using journal_pkey" in text
    assert "Index Scan using journal_bulk_pkey" in text
    assert "Seq Scan" not in text


async def test_a_bulk_command_says_of_itself_what_every_command_does(
    corner: Corner, pool: asyncpg.Pool
) -> None:
    box = outbox(corner, pool)
    batch = Batch([ordering(1)], datetime.now(UTC), service="tally")
    assert not list(batch.deciding({}))
    bulk = next(made for made in batch.produced if isinstance(made, BulkOrder))
    first, *others = await box.records(batch)
    record = next(other for other in others if other.topic == bulk.topic)
    about = (bulk.topic, bulk.keys[0], bulk.type, bulk.subjects[0], bulk.bodies[0])
    end = (bulk.cause, bulk.correlation, bulk.traceparent, bulk.actor)
    assert record == box._record(Produced(bulk.ids[0], *about, *end), batch.now)
    assert dict(record.headers)[e.TRACEPARENT] == dict(first.headers)[e.TRACEPARENT] != b""


async def test_nothing_is_owed_when_it_is_noted_as_sent(corner: Corner, pool: asyncpg.Pool) -> None:
    engine, box = Engine("tally", pool, Clock(), None, None), outbox(corner, pool)
    (batch,) = await engine.decide("tally.reviews", [ordering(1)])
    await box.settled({batch.id}, {})
    assert await box.unpublished({0}) == (set(), [])


async def test_reconcile_finds_each_bulk_command_in_kafka_and_misses_one_that_is_not_there(
    corner: Corner, pool: asyncpg.Pool
) -> None:
    await corner.isolation.make_topics((TopicSpec("tally.reviews", 4), TopicSpec("tally.bulk", 4)))
    engine = Engine("tally", pool, Clock(), None, None)
    box = outbox(corner, pool, corner.isolation.topic_prefix)
    (batch,) = await engine.decide("tally.reviews", [ordering(1), ordering(2)])
    *sends, last = await box.records(batch)
    async with Publisher(corner.isolation.infra.kafka) as publisher:
        await publisher.publish(sends)
        await box.settled({batch.id}, {})
        # The last one is missed as soon as it is older than what may still be under way.
        await pool.execute("update batches set at = at - interval '1 hour'")
        report = await compared(corner, pool)
        assert {what for what, _ in report.findings} == {UNSENT}
        assert report.count(UNSENT) == 1
        await publisher.publish([last])
        assert (await compared(corner, pool)).findings == {}


async def compared(corner: Corner, pool: asyncpg.Pool) -> Report:
    report, settings = Report("tally"), RuntimeSettings(**corner.settings())
    counts = await recall.partition_counts(settings.kafka, settings.topic_prefix)
    async with recall.reading(settings.kafka) as consumer, acquired(pool) as conn:
        since = datetime.now(UTC) - timedelta(hours=2)
        await compare_announced("tally", settings, conn, consumer, counts, since, report)
    return report


_MESSAGES = """
select n, id::text, topic, key, type, subject, body, cause::text, correlation
from journal_messages order by n
"""
