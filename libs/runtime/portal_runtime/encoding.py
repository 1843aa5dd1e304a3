"""Messages to bytes and headers, once each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from portal_contracts import envelope as e
from portal_contracts.base import Message
from portal_runtime.outgoing import Headers

JSON = b"application/json"
_STATIC: dict[tuple[str, str], Headers] = {}


def to_json(message: Message) -> bytes:
    """The body. Every message has its own compiled serializer; calling it skips Pydantic's Python."""
    serializer: Any = message.__pydantic_serializer__
    return serializer.to_json(message)  # type: ignore[no-any-return]


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
    static = _STATIC.get((type_, source))
    if static is None:
        static = _STATIC[type_, source] = [
            (e.SPEC, b"1.0"),
            (e.TYPE, type_.encode()),
            (e.SOURCE, source.encode()),
            (e.CONTENT_TYPE, JSON),
        ]
    made = [*static, (e.ID, str(id).encode()), (e.TIME, time.isoformat().encode())]
    if subject:
        made.append((e.SUBJECT, subject.encode()))
    if correlation:
        made.append((e.CORRELATION, correlation.encode()))
    if causation:
        made.append((e.CAUSATION, causation.encode()))
    if traceparent:
        made.append((e.TRACEPARENT, traceparent.encode()))
    return made
