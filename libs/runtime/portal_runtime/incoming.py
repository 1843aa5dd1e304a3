"""From Kafka record to something decidable: understood, believed and validated, or set aside.

Each record is read by itself and nothing here raises: a bad message must not harm its neighbours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from aiokafka import ConsumerRecord
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from portal_contracts.access import EVERYTHING, Grants, Scope, scope_of
from portal_contracts.base import Message
from portal_contracts.common import Problem, Refused
from portal_contracts.envelope import BadEnvelope, Envelope, read_headers
from portal_contracts.principal import Principal
from portal_contracts.problems import partial, problems_of
from portal_contracts.topics import COMMANDS_KEPT_DAYS
from portal_runtime.days import PlanCalendar
from portal_runtime.routes import Route
from portal_runtime.security import Untrusted, Verifier

MAX_BODY = 400_000
"""Bytes. A claim of 999 lines has 250,000; what follows from a message must fit into Kafka too."""
NUL = b"\\u0000"

NOBODY = UUID(int=0)
DAYS_IN_UTC = PlanCalendar(UTC)

ANNOUNCER = Principal(subject="event", role="service")
"""Acts on events: they are believed because only their owner may write to its topic."""


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
    unspeakable: bool = False
    """Parked without headers and body, because the database cannot hold them."""
    digest: bytes = b""
    """SHA-256 of the body."""
    hash: bytes = b""
    """Of type, asker and body: an id belongs to this and nothing else. Empty: nobody vouches."""
    context: Any = None

    def refuse_unheard(self, refusal: Refused) -> None:
        """It came to the wrong place, or far too late. The inbox keeps nothing of it."""
        self.refusal, self.hash = refusal, b""

    def sent_on(self, calendar: PlanCalendar) -> date:
        """The plan's day on which the message was sent."""
        assert self.envelope is not None
        return calendar.day_of(self.envelope.time)


class Reader:
    """Reads the records of one topic with the routes of one service."""

    def __init__(
        self,
        deciding: dict[str, Route],
        verifier: Verifier,
        oldest: Callable[[], datetime] = lambda: datetime.min.replace(tzinfo=UTC),
        calendar: PlanCalendar = DAYS_IN_UTC,
    ) -> None:
        """`oldest`: what was sent before, the inbox may have forgotten; it is not decided again."""
        self._routes = {name: (route, _validator(route.type)) for name, route in deciding.items()}
        self._verifier = verifier
        self._oldest = oldest
        self._calendar = calendar

    def read(self, record: ConsumerRecord) -> Arrival:
        """Never raises."""
        arrival = Arrival(record)
        self._read(arrival, record)
        if arrival.id is NOBODY:
            arrival.id = origin_id(record)
        return arrival

    def _read(self, arrival: Arrival, record: ConsumerRecord) -> None:
        try:
            arrival.envelope = envelope = read_headers(record.headers)
        except BadEnvelope as error:
            arrival.poison = str(error)
            return
        try:
            self._understand(arrival, envelope, record.value)
        except (
            Exception
        ) as error:  # a message nobody foresaw: set aside, with the kind of error only
            arrival.poison = f"reading it failed with {type(error).__name__}"

    def _understand(self, arrival: Arrival, envelope: Envelope, body: bytes | None) -> None:
        if body is None or not body:
            arrival.poison = "the body is empty"
            return
        if len(body) > MAX_BODY:
            arrival.refusal = _refused("too_large", _TOO_LARGE)
            return
        known = self._routes.get(envelope.type)
        if known is None:
            self._unknown(arrival, envelope)
            return
        route, validate = known
        arrival.route = route
        arrival.digest = sha256(body).digest()
        if route.type.KIND != "event" and not self._believe(arrival, envelope, route):
            return
        arrival.hash = _fingerprint(envelope.type, arrival.principal.subject, arrival.digest)
        # Only now: what nobody vouches for is known by its place, not by the id it claims.
        arrival.id = envelope.id
        if route.type.KIND == "command" and envelope.time < self._oldest():
            arrival.refuse_unheard(_refused("too_old", _TOO_OLD))
            return
        if b"\\" in body and NUL in body and route.type.KIND != "event":
            arrival.refusal = _refused("control_character", CONTROL_CHARACTER)
            return
        try:
            arrival.message = validate(body)
        except ValidationError as error:
            self._invalid(arrival, route, body, error)
            return
        if route.type.KIND == "command" and arrival.message.key().encode() != arrival.record.key:
            # It came to another partition than its like: deciding it here would break their order.
            arrival.refuse_unheard(_refused("wrong_key", _WRONG_KEY))

    def _believe(self, arrival: Arrival, envelope: Envelope, route: Route) -> bool:
        try:
            principal = self._verifier.verify(
                envelope, arrival.record.key, arrival.digest, COMMANDS_KEPT_DAYS
            )
        except Untrusted as reason:
            arrival.refusal = _refused("not_authenticated", f"Not accepted: {reason}.")
            return False
        arrival.principal = principal
        arrival.scope = scope = scope_of(principal, route.grants)
        if not (scope.everything or scope.tins):
            arrival.refusal = denied(principal, route.grants)
            return False
        return True

    def _unknown(self, arrival: Arrival, envelope: Envelope) -> None:
        # Others may announce more than this service listens to; an unknown command is an error.
        if arrival.record.topic.endswith(".events"):
            return
        arrival.poison = "the type of the message is not known here"
        arrival.refusal = _refused("unknown_type", _UNKNOWN)

    def _invalid(self, arrival: Arrival, route: Route, body: bytes, error: ValidationError) -> None:
        if route.type.KIND == "event":
            arrival.poison = f"the event does not fit its contract ({error.error_count()} errors)"
            return
        if any(e["type"] == "json_invalid" for e in error.errors(include_input=False)):
            arrival.poison = "the body is not JSON"
            arrival.refusal = _refused("not_json", _NOT_JSON)
            return
        problems = problems_of(route.type, error)
        if route.check is not None:
            # The rules look at what could be read, so that one reply lists every problem.
            problems += route.check(
                partial(route.type, from_json(body)), arrival.sent_on(self._calendar)
            )
        arrival.refusal = Refused(problems=tuple(problems))


def _fingerprint(type_: str, subject: str, digest: bytes) -> bytes:
    return sha256(b"%s|%s|%s" % (type_.encode(), subject.encode(), digest)).digest()


def origin(record: ConsumerRecord) -> str:
    """Where a record stands: `topic/partition/offset`."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def origin_id(record: ConsumerRecord) -> UUID:
    """For records that carry no id of their own."""
    return place_id(record.topic, record.partition, record.offset)


def place_id(topic: str, partition: int, offset: int) -> UUID:
    """An id made from where a record stands."""
    return uuid5(NAMESPACE_URL, f"{topic}/{partition}/{offset}")


def _validator(model: type[Message]) -> Callable[[bytes], Any]:
    return TypeAdapter(model).validator.validate_json


def _refused(code: str, message: str) -> Refused:
    return Refused(problems=(Problem(code=code, message=message),))


_TOO_LARGE = (
    f"The message is larger than {MAX_BODY // 1000} KB. Send documents through the documents "
    "service and refer to them by their ids."
)
CONTROL_CHARACTER = (
    "A text holds the character NUL (\\u0000), which cannot be stored. Remove it and send again."
)
_WRONG_KEY = (
    "The Kafka key is not the one that messages about this must have. Use the `key()` of the "
    "contract, so that they are decided in order."
)
_TOO_OLD = (
    "The message was sent so long ago that we can no longer tell whether it was processed then. "
    "Nothing was done. Look up what it was about; if it is still wanted, send it as a new message."
)


def denied(principal: Principal, grants: Grants) -> Refused:
    """The answer to somebody whose scope is empty."""
    if principal.role in grants:
        return _refused("no_tax_id", _NO_TAX_ID)
    return _refused("forbidden", f"Someone in the role '{principal.role}' may not ask for this.")


_NO_TAX_ID = (
    "You are not set up to act for any Tax ID. Ask whoever manages your practice's access to the "
    "portal to add the Tax ID you work for."
)
_UNKNOWN = "This service does not know messages of this type. Check the type and its version."
_NOT_JSON = "The body is not JSON. Send the message as UTF-8 JSON that follows its schema."

__all__ = ["ANNOUNCER", "Arrival", "Reader", "denied", "origin", "origin_id", "place_id"]
