"""CloudEvents 1.0 in Kafka's binary mode: names of the headers, and how they are read.

Required on commands and queries: `ce_id` (UUID, best a version 7), `ce_type`, `ce_source`,
`ce_time`, `principal`; `reply_to` ("<topic>/<partition>") when an answer is wanted. The rest is
optional.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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

Headers = list[tuple[str, bytes]]


class BadEnvelope(ValueError):
    """The headers of a message cannot be understood; the text says which one. Holds no values."""


@dataclass(frozen=True, slots=True)
class Envelope:
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
    try:
        return UUID(_text(raw, ID, required=True))
    except BadEnvelope:
        raise
    except ValueError:
        raise BadEnvelope(f"header {ID} is not a UUID") from None


def _time(raw: dict[str, bytes]) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(raw, TIME, required=True))
    except BadEnvelope:
        raise
    except ValueError:
        raise BadEnvelope(f"header {TIME} is not an ISO 8601 time") from None
    if moment.tzinfo is None:
        raise BadEnvelope(f"header {TIME} has no time zone")
    return moment
