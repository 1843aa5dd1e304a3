"""Records as Kafka hands them over, right or with something wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from portal_client import Signer
from portal_contracts import envelope as e
from portal_contracts.principal import Principal
from portal_runtime.deciding.batch import Batch
from portal_runtime.intake.arrival import Arrival
from portal_runtime.publishing.replies import ReplyDesk
from tests.support.tally import Add

MID = "01890000-0000-7000-8000-000000000001"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BODY = b'{"account": "a", "amount": 1}'
ALICE = Principal(subject="alice", role="provider", tins=frozenset({"123456789"}))
DESK = ReplyDesk("tally", "", ("test.replies",))
HERE = b"test.replies/1"
Change = dict[str, bytes | None]


def record(
    headers: Change, body: bytes | None = BODY, topic: str = "tally.commands", key: bytes = b"a"
) -> Any:
    good: Change = {
        e.ID: MID.encode(),
        e.TYPE: Add.TYPE.encode(),
        e.SOURCE: b"test",
        e.TIME: NOW.isoformat().encode(),
        e.REPLY_TO: HERE,
    }
    made = [(name, value) for name, value in (good | headers).items() if value is not None]
    return SimpleNamespace(
        topic=topic, partition=0, offset=7, key=key, value=body, headers=made, timestamp=0
    )


def signed(
    signer: Signer,
    body: bytes,
    type_: str = Add.TYPE,
    reply_to: bytes | None = HERE,
    mid: str = MID,
) -> Any:
    token = signer.sign(
        ALICE,
        message_id=mid,
        type=type_,
        key="a",
        body=body,
        issued_at=int(NOW.timestamp()),
        reply_to=(reply_to or b"").decode(),
    )
    own: Change = {
        e.ID: mid.encode(),
        e.PRINCIPAL: token.encode(),
        e.TYPE: type_.encode(),
        e.REPLY_TO: reply_to,
    }
    return record(own, body)


def codes(arrival: Arrival) -> list[str]:
    return [] if arrival.refusal is None else [p.code for p in arrival.refusal.problems]


def kept(arrival: Arrival) -> set[UUID]:
    """What the inbox would keep of it."""
    batch = Batch([arrival], NOW, service="tally")
    assert not list(batch.deciding({}))
    return set(batch.accepted)
