"""The pieces of which a history is made: records, copies that were sent, answers."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.chaos.history import Record
from tests.chaos.intent import Sent
from tests.chaos.orders import ANSWERED

COMMANDS, EVENTS = "claims.commands", "claims.events"
SUBMIT, ADJUDICATED = "claims.submit_professional_claim.v1", "claims.claim_adjudicated.v1"
CLAIM, TIN, DOCUMENT, REQUEST = "CLM-1", "001234567", "DOC-1", "PMR-1"
MADE = "made-by-one"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
START = NOON.timestamp()
WHO = f"provider/chaos-{TIN}"
AUTH = "AUTH-1"


def record(topic: str, offset: int, id_: str, type_: str, **more: object) -> Record:
    given: dict[str, object] = {
        "key": "K",
        "at": START + offset,
        "source": topic.split(".", maxsplit=1)[0],
        "subject": "",
        "cause": "",
        "digest": f"d-{id_}",
        **more,
    }
    return Record(topic, 1, offset, id=id_, type=type_, **given)  # type: ignore[arg-type]


def sent(n: int, id_: str, type_: str = SUBMIT, **more: object) -> Sent:
    given: dict[str, object] = {
        "topic": COMMANDS,
        "key": "K",
        "digest": f"d-{id_}",
        "expect": ANSWERED,
        "code": "",
        "tin": TIN,
        "asked": True,
        "print": f"p-{id_}",
        "who": WHO,
        "partition": 1,
        "offset": n,
        **more,
    }
    return Sent(n, id_, type_, **given)  # type: ignore[arg-type]


def answer(cause: str, type_: str, source: str = "claims", **facts: object) -> Record:
    return record("gateway.replies", 0, f"r-{cause}", type_, cause=cause, source=source,
                  facts=facts or None)  # fmt: skip


def adjudicated(version: int, number: int, paid: int, **more: object) -> dict[str, object]:
    return {
        "claim_number": CLAIM,
        "version": version,
        "adjudication": number,
        "status": "paid",
        "billing_tin": TIN,
        "paid": paid,
        "charge": 5000,
        "allowed": 4000,
        "adds_up": True,
        "postings": [("payment", number, paid)],
        "patient": "M",
        "year": 2025,
        "counted": (600, 1000),
        "records": (DOCUMENT,),
        "cause": "submitted",
        **more,
    }
