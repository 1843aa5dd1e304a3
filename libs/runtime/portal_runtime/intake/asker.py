"""Whom to answer, even where the rest of a message's headers cannot be read.

Such an answer says only which header is wrong, since the sender is not authenticated. What is
copied into it is bounded and printable.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from portal_contracts import envelope as e
from portal_contracts.common import Refused
from portal_contracts.envelope import LONGEST_COPIED, BadEnvelope, Envelope
from portal_contracts.problems.message import BAD_HEADERS
from portal_runtime.domain.decision import refusal


class Asker(NamedTuple):
    """Where an answer goes, and by what its asker knows it."""

    reply_to: str
    id: UUID
    """Of what is answered: the id of the answer is made of it."""
    causation: str
    correlation: str
    traceparent: str = ""


def asker_of(envelope: Envelope) -> Asker:
    """Of a message whose headers are understood."""
    return Asker(
        envelope.reply_to,
        envelope.id,
        str(envelope.id),
        envelope.correlation_id,
        envelope.traceparent,
    )


def asker_in(headers: Iterable[tuple[str, bytes]], position: UUID) -> Asker | None:
    """Of a message whose headers cannot all be understood; None where nobody could be answered.

    The asker knows an answer by `ce_causationid` (the `ce_id` as it came, also one that is no UUID)
    or by `ce_correlationid`, so one of the two must be readable.
    `position`: an id of where it stands.
    """
    raw = dict(headers)
    reply_to, mid, correlation = (_plain(raw.get(n)) for n in (e.REPLY_TO, e.ID, e.CORRELATION))
    if not reply_to or not (mid or correlation):
        return None
    return Asker(reply_to, position, mid, correlation)


def bad_headers(why: BadEnvelope) -> Refused:
    """What the sender of such a message is told."""
    return refusal(BAD_HEADERS(reason=str(why)))


def _plain(value: bytes | None) -> str:
    """Short text that can be printed, or nothing."""
    if not value or len(value) > LONGEST_COPIED:
        return ""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""
