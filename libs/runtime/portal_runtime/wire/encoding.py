"""Messages to bytes and headers, once each."""

from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from portal_contracts import envelope as e

Headers = list[tuple[str, bytes]]
JSON = b"application/json"
_STATIC: dict[tuple[str, str], Headers] = {}


def to_json(message: BaseModel) -> bytes:
    """The body, by the message's compiled serializer: half the cost of `model_dump_json`."""
    serializer: Any = message.__pydantic_serializer__
    return serializer.to_json(message)  # type: ignore[no-any-return]


@lru_cache(maxsize=16)
def _stamp(time: datetime) -> bytes:
    """Everything that follows from one batch has the same time."""
    return time.isoformat().encode()


def derived_id(cause: UUID, position: int, service: str) -> str:
    """Id of the n-th message a service makes of another: doing it again makes the same one.

    A version 8 UUID (RFC 9562: own construction); a quarter of the cost of version 5.
    """
    salt, person = position.to_bytes(8, "big"), service.encode()[:16]
    made = blake2b(cause.bytes, digest_size=16, salt=salt, person=person).hexdigest()
    return f"{made[:8]}-{made[8:12]}-8{made[13:16]}-a{made[17:20]}-{made[20:]}"


def headers(
    type_: str,
    source: str,
    *,
    id: UUID | str,
    time: datetime,
    subject: str = "",
    correlation: str = "",
    causation: str = "",
    traceparent: str = "",
) -> Headers:
    """CloudEvents headers of a message; the caller may add to the list."""
    made = common_headers(
        type_,
        source,
        time=time,
        correlation=correlation,
        causation=causation,
        traceparent=traceparent,
    )
    made += own_headers(str(id), subject)
    return made


def own_headers(id: str, subject: str) -> Headers:
    """Those that each message has for itself."""
    made = [(e.ID, id.encode())]
    if subject:
        made.append((e.SUBJECT, subject.encode()))
    return made


def common_headers(
    type_: str,
    source: str,
    *,
    time: datetime,
    correlation: str = "",
    causation: str = "",
    traceparent: str = "",
) -> Headers:
    """Those that are the same for all of a type that follow from one message."""
    static = _STATIC.get((type_, source))
    if static is None:
        static = _STATIC[type_, source] = [
            (e.SPEC, b"1.0"),
            (e.TYPE, type_.encode()),
            (e.SOURCE, source.encode()),
            (e.CONTENT_TYPE, JSON),
        ]
    made = [*static, (e.TIME, _stamp(time))]
    if correlation:
        made.append((e.CORRELATION, correlation.encode()))
    if causation:
        made.append((e.CAUSATION, causation.encode()))
    if traceparent:
        made.append((e.TRACEPARENT, traceparent.encode()))
    return made
