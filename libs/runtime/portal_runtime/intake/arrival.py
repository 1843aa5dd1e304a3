"""One record on its way, and what became of it so far."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from aiokafka import ConsumerRecord

from portal_contracts.access import EVERYTHING, Scope
from portal_contracts.base import Message
from portal_contracts.common import Refused
from portal_contracts.envelope import Envelope
from portal_contracts.principal import Principal
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.intake.asker import Asker
from portal_runtime.routes import Route

NOBODY = UUID(int=0)
ANNOUNCER = Principal(subject="event", role="service")
"""The principal of events: they are believed because only their owner may write to its topic."""


@dataclass(slots=True)
class Arrival:
    """One record and what became of it so far."""

    record: ConsumerRecord
    id: UUID = NOBODY
    envelope: Envelope | None = None
    route: Route | None = None
    message: Message | None = None
    principal: Principal = ANNOUNCER
    scope: Scope = EVERYTHING
    """What the asker may touch; a service acts on an event in its own right."""
    refusal: Refused | None = None
    poison: str = ""
    """Why it cannot be decided; goes to the dead letters. Holds no data of the message."""
    attempts: int = 1
    """How many times this message was parked, this one included: replays raise it."""
    origin: str = ""
    """Where it was parked from first; a replay has another position."""
    unspeakable: bool = False
    """Parked without headers and body: the database cannot hold them, or holds too many."""
    digest: bytes = b""
    """SHA-256 of the body."""
    hash: bytes = b""
    """What an id stands for, and nothing else (`fingerprint.py`). Empty: not authenticated."""
    context: Any = None
    asker: Asker | None = None
    """Whom to answer where the envelope cannot be read; None where nobody could be."""

    @property
    def reply_to(self) -> str:
        """Where its sender waits for an answer; empty where that cannot be told."""
        asked = self.envelope or self.asker
        return asked.reply_to if asked is not None else ""

    def refuse_unheard(self, refusal: Refused) -> None:
        """It came to the wrong place, or far too late. The inbox keeps nothing of it."""
        self.refusal, self.hash = refusal, b""

    def sent_on(self, calendar: PlanCalendar) -> date:
        """The plan's day on which the message was sent."""
        assert self.envelope is not None
        return calendar.day_of(self.envelope.time)


def origin(record: ConsumerRecord) -> str:
    """Where a record stands: `topic/partition/offset`."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def origin_id(record: ConsumerRecord) -> UUID:
    """For records that carry no id of their own."""
    return position_id(record.topic, record.partition, record.offset)


def position_id(topic: str, partition: int, offset: int) -> UUID:
    """An id made from where a record stands."""
    return uuid5(NAMESPACE_URL, f"{topic}/{partition}/{offset}")
