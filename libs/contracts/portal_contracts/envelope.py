"""CloudEvents 1.0 in Kafka's binary mode: names of the headers, and how they are read.

Required on commands and queries: `ce_id` (UUID, best a version 7), `ce_type`, `ce_source`,
`ce_time` (RFC 3339), `principal`; `reply_to` ("<topic>/<partition>") when an answer is wanted. The
rest is optional. What is read here is what asyncapi.json says (tests/contracts/test_headers.py).
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from portal_contracts import fields

ID = "ce_id"
TYPE = "ce_type"
SOURCE = "ce_source"
SPEC = "ce_specversion"
TIME = "ce_time"
SUBJECT = "ce_subject"
CONTENT_TYPE = "content-type"
CORRELATION = "ce_correlationid"
CAUSATION = "ce_causationid"
TRACEPARENT = "traceparent"
REPLY_TO = "reply_to"
DEADLINE = "deadline"
PRINCIPAL = "principal"

LARGEST_HEADERS = 32_768
LONGEST_COPIED = 200

Headers = list[tuple[str, bytes]]

_ID, _TIME = re.compile(fields.UUID_PATTERN), re.compile(fields.MOMENT_PATTERN)


class BadEnvelope(ValueError):
    """The headers of a message cannot be understood; the text says which one. Holds no values."""


class Envelope(NamedTuple):
    """The understood headers of one message."""

    id: UUID
    type: str
    time: datetime
    source: str
    subject: str = ""
    correlation_id: str = ""
    causation_id: str = ""
    reply_to: str = ""
    deadline: str = ""
    principal: str = ""
    traceparent: str = ""


def read_headers(headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """Understand the headers, or raise `BadEnvelope` naming the first one that is wrong."""
    raw = dict(headers)
    _bounded(raw)
    message_id = _uuid(raw)
    return Envelope(
        id=message_id,
        type=_text(raw, TYPE, required=True),
        time=_time(raw),
        source=_text(raw, SOURCE, required=True),
        subject=_text(raw, SUBJECT),
        correlation_id=_text(raw, CORRELATION) or str(message_id),
        causation_id=_text(raw, CAUSATION),
        reply_to=_text(raw, REPLY_TO),
        deadline=_text(raw, DEADLINE),
        principal=_text(raw, PRINCIPAL),
        traceparent=_text(raw, TRACEPARENT),
    )


def _bounded(raw: dict[str, bytes]) -> None:
    """Some headers are copied into all that follows, so what follows must stay sendable."""
    if sum([len(value) for value in raw.values() if value]) > LARGEST_HEADERS:
        raise BadEnvelope(f"the headers are larger than {LARGEST_HEADERS} bytes")
    for name in (CORRELATION, TRACEPARENT):
        if len(raw.get(name) or b"") > LONGEST_COPIED:
            raise BadEnvelope(f"header {name} is longer than {LONGEST_COPIED} bytes")


def _text(raw: dict[str, bytes], name: str, *, required: bool = False) -> str:
    value = raw.get(name)
    if not value:
        if required:
            raise BadEnvelope(f"header {name} is missing")
        return ""
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise BadEnvelope(f"header {name} is not UTF-8") from None


def _uuid(raw: dict[str, bytes]) -> UUID:
    text = _text(raw, ID, required=True)
    if _ID.fullmatch(text) is None:
        raise BadEnvelope(f"header {ID} is not a UUID")
    return UUID(text)


def _time(raw: dict[str, bytes]) -> datetime:
    text = _text(raw, TIME, required=True)
    if _TIME.fullmatch(text) is not None:
        with suppress(ValueError):  # February 30
            return datetime.fromisoformat(text)
    raise BadEnvelope(f"header {TIME} is not an RFC 3339 time with time zone")
