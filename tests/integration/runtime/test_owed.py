"""What a batch owes after a crash is what it would have sent, byte for byte and in that order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace
from uuid import UUID

import asyncpg
import pytest

from portal_contracts.envelope import Envelope
from portal_runtime.clock import Clock
from portal_runtime.database import migrate
from portal_runtime.decision import Decision
from portal_runtime.engine import Engine
from portal_runtime.incoming import Arrival
from portal_runtime.outbox import Outbox
from portal_runtime.places import Places
from portal_runtime.replies import ReplyDesk
from portal_runtime.routes import on
from portal_runtime.security import service_signer
from tests.integration.runtime.conftest import Corner
from tests.support.tally import SERVICE, Add, Added, Remind

ORDERED = 40


@pytest.fixture
async def pool(corner: Corner) -> AsyncIterator[asyncpg.Pool]:
    dsn = corner.isolation.dsn("tally")
    await migrate(dsn, SERVICE.migrations)
    async with asyncpg.create_pool(dsn) as made:
        yield made


def outbox(corner: Corner, pool: asyncpg.Pool) -> Outbox:
    signer = service_signer("tally", corner.keys / "services.private.pem")
    return Outbox("tally", pool, Places("tally"), ReplyDesk("tally", "", ()), signer, "")


def ordering(number: int) -> Arrival:
    """A message from which one event, one command and two kinds of bulk commands follow."""

    def order(command: Add, *_: object) -> Decision:
        added = Added(account=command.account, version=1, amount=1, total=1)
        reminds = tuple(Remind(account=f"{command.account}-{n}") for n in range(ORDERED))
        adds = (Add(account="x", amount=1), Add(account="y", amount=2))
        return Decision(events=(added,), commands=(reminds[0],), bulk=(*reminds, *adds))

    command, mid = Add(account=f"a{number}", amount=1), UUID(int=number)
    body, now = command.model_dump_json().encode(), datetime.now(UTC)
    record = SimpleNamespace(
        topic="tally.reviews", partition=0, offset=number, key=b"", value=body, headers=[]
    )
    envelope = Envelope(id=mid, type=Add.TYPE, time=now, source="test", correlation_id="c")
    digest = sha256(body).digest()
    return Arrival(record, mid, envelope, on(Add, decide=order), command, hash=digest)


async def test_bulk_commands_lie_in_one_row_and_are_owed_one_by_one(
    corner: Corner, pool: asyncpg.Pool
) -> None:
    engine = Engine("tally", pool, Clock(), None, None)
    (batch,) = await engine.decide("tally.reviews", [ordering(1), ordering(2)])
    sends = await outbox(corner, pool).records(batch)
    batches, owed = await outbox(corner, pool).debts({0})
    assert batches == {batch.id}
    assert owed == sends
    assert len(sends) == 2 * (2 + ORDERED + 2)
    single, ordered, sent = [
        await pool.fetchval(f"select count(*) from {table}")
        for table in ("journal", "journal_bulk", "sent")
    ]
    assert (single, ordered, sent) == (2 * 2, 2 * 2, len(sends))


async def test_nothing_is_owed_when_it_is_noted_as_sent(corner: Corner, pool: asyncpg.Pool) -> None:
    engine, box = Engine("tally", pool, Clock(), None, None), outbox(corner, pool)
    (batch,) = await engine.decide("tally.reviews", [ordering(1)])
    await box.settled({batch.id}, {})
    assert await box.debts({0}) == (set(), [])
