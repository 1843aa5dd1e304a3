"""From Kafka record to a message: parsed, authenticated and validated, or refused or parked.

Each record is read by itself and nothing here raises: a bad message must not harm others.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from aiokafka import ConsumerRecord
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from portal_contracts import topics
from portal_contracts.access import NOTHING, scope_of
from portal_contracts.base import Message
from portal_contracts.common import Refused
from portal_contracts.envelope import BadEnvelope, Envelope, read_headers
from portal_contracts.shape_errors import partial, problems_of
from portal_contracts.topics import COMMANDS_KEPT_DAYS
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.domain.decision import DERIVED
from portal_runtime.intake import fingerprint
from portal_runtime.intake.arrival import NOBODY, Arrival, origin_id
from portal_runtime.intake.asker import asker_in, bad_headers
from portal_runtime.intake.sentences import (
    CONTROL_CHARACTER,
    EMPTY_BODY,
    NOT_JSON,
    RESERVED_ID,
    TOO_OLD,
    UNKNOWN_TYPE,
    WRONG_KEY,
    denied,
    not_authenticated,
    too_large,
)
from portal_runtime.routes import Route
from portal_runtime.security.principals import Untrusted, Verifier

MAX_BODY = 400_000
"""Bytes. A claim of 999 lines has 250,000; what follows from a message must fit into Kafka too."""
TOO_LARGE = too_large(MAX_BODY)
NUL = b"\\u0000"
EVENTS = ".events"

DAYS_IN_UTC = PlanCalendar(UTC)


class Reader:
    """Reads the records of one topic with the routes of one service."""

    def __init__(
        self,
        deciding: dict[str, Route],
        verifier: Verifier,
        oldest: Callable[[], datetime] = lambda: datetime.min.replace(tzinfo=UTC),
        settings: Any = None,
        serves: Callable[[str], bool] = bool,
    ) -> None:
        """`oldest`: what was sent before, the inbox may have forgotten; it is not decided again.

        `settings`: the service's, for its rules; without them (in tests) days are those of UTC.
        `serves`: whether a `reply_to` is one that answers may go to.
        """
        self._routes = {name: (route, _validator(route.type)) for name, route in deciding.items()}
        self._verifier = verifier
        self._oldest = oldest
        self._settings = settings
        self._calendar = DAYS_IN_UTC if settings is None else settings.calendar
        self._serves = serves

    def read(self, record: ConsumerRecord) -> Arrival:
        """Never raises."""
        arrival = Arrival(record)
        self._read(arrival, record)
        if arrival.refusal is not None and arrival.principal.role == "service":
            self._of_a_service(arrival, arrival.refusal)
        if arrival.id is NOBODY:
            arrival.id = origin_id(record)
        return arrival

    def _read(self, arrival: Arrival, record: ConsumerRecord) -> None:
        try:
            arrival.envelope = envelope = read_headers(record.headers)
        except BadEnvelope as error:
            self._unreadable(arrival, error)
            return
        try:
            self._understand(arrival, envelope, record.value)
        except Exception as error:  # unforeseen: parked, with the kind of error only
            arrival.poison = f"reading it failed with {type(error).__name__}"

    def _unreadable(self, arrival: Arrival, why: BadEnvelope) -> None:
        record = arrival.record
        if not _announced(record):
            arrival.asker = asker_in(record.headers, origin_id(record))
        self._tell(arrival, bad_headers(why), str(why))

    def _tell(self, arrival: Arrival, refusal: Refused, otherwise: str) -> None:
        """Refuse it where its sender can be told. Otherwise it is parked, for this reason.

        A sender who is told can correct it: parking it too would let one bad sender bury what
        operators have to see.
        """
        if not _announced(arrival.record) and self._serves(arrival.reply_to):
            arrival.refusal = refusal
        else:
            arrival.poison = otherwise

    def _of_a_service(self, arrival: Arrival, refusal: Refused) -> None:
        """Services do not wait for answers to their orders; a fault of ours must be seen."""
        if arrival.hash and not self._serves(arrival.reply_to):
            codes = ", ".join(sorted({problem.code for problem in refusal.problems})[:5])
            arrival.poison = f"a service ordered what the contract does not allow: {codes}"
            arrival.refusal = None

    def _understand(self, arrival: Arrival, envelope: Envelope, body: bytes | None) -> None:
        # These two come before the signature: it does not match a body that was lost on the way,
        # and saying that would hide what is wrong.
        if body is None or not body:
            self._tell(arrival, EMPTY_BODY, "the body is empty")
            return
        if len(body) > MAX_BODY:
            self._too_large(arrival)
            return
        known = self._routes.get(envelope.type)
        if known is None or not _in_its_topic(known[0].type, arrival.record.topic):
            self._unknown(arrival, envelope, body)
            return
        route, validate = known
        arrival.route = route
        arrival.digest = sha256(body).digest()
        if route.type.KIND != "event" and not self._believe(arrival, envelope, route):
            return
        _know(arrival, envelope)
        if route.type.KIND == "command" and envelope.time < self._oldest():
            arrival.refuse_unheard(TOO_OLD)
            return
        if b"\\" in body and NUL in body and route.type.KIND != "event":
            arrival.refusal = CONTROL_CHARACTER
            return
        try:
            arrival.message = validate(body)
        except ValidationError as error:
            self._invalid(arrival, route, body, error)
            return
        if route.type.KIND == "command" and arrival.principal.role != "service":
            # A service sends the same bytes again; others may serialize the message anew.
            arrival.hash += fingerprint.of_contents(arrival.message, arrival.principal)
        if route.type.KIND == "command" and arrival.message.key().encode() != arrival.record.key:
            # Others with its key are in another partition: deciding it here breaks their order.
            arrival.refuse_unheard(WRONG_KEY)

    def _believe(self, arrival: Arrival, envelope: Envelope, route: Route | None) -> bool:
        """Whether the sender is authenticated, and may send this (`route`; None: anything)."""
        try:
            arrival.principal = principal = self._verifier.verify(
                envelope, arrival.record.key, arrival.digest, COMMANDS_KEPT_DAYS
            )
        except Untrusted as reason:
            arrival.refusal = not_authenticated(reason)
            return False
        if envelope.id.version == DERIVED and principal.role != "service":
            # The message that a service makes under this id later would be taken for a duplicate.
            arrival.refusal = RESERVED_ID
            return False
        if route is None:
            return True
        arrival.scope = scope = scope_of(principal, route.grants)
        if scope == NOTHING:
            arrival.refusal = denied(principal, route.grants)
            return False
        return True

    def _unknown(self, arrival: Arrival, envelope: Envelope, body: bytes) -> None:
        # Others may announce more than this service listens to; an unknown command is an error.
        if _announced(arrival.record):
            return
        arrival.digest = sha256(body).digest()
        if not self._believe(arrival, envelope, None):
            return
        _know(arrival, envelope)
        self._tell(arrival, UNKNOWN_TYPE, "the type of the message is not known here")
        if arrival.refusal is not None:
            # Not kept: the next release of the service may know it, under the same id.
            arrival.refuse_unheard(arrival.refusal)

    def _too_large(self, arrival: Arrival) -> None:
        if _announced(arrival.record):
            arrival.poison = f"the event is larger than {MAX_BODY // 1000} KB"
        else:
            arrival.refusal = TOO_LARGE

    def _invalid(self, arrival: Arrival, route: Route, body: bytes, error: ValidationError) -> None:
        if route.type.KIND == "event":
            arrival.poison = f"the event does not fit its contract ({error.error_count()} errors)"
            return
        if any(e["type"] == "json_invalid" for e in error.errors(include_input=False)):
            self._tell(arrival, NOT_JSON, "the body is not JSON")
            return
        problems = problems_of(route.type, error)
        if route.check is not None:
            # The rules look at what could be read, so that one reply lists every problem.
            parts, today = partial(route.type, from_json(body)), arrival.sent_on(self._calendar)
            problems += route.check(parts, today, self._settings)
        arrival.refusal = Refused(problems=tuple(problems))


def _know(arrival: Arrival, envelope: Envelope) -> None:
    """By its own id. Only now: an unauthenticated message is known by its position, not by the id
    it claims."""
    arrival.hash = fingerprint.of_bytes(envelope.type, arrival.principal, arrival.digest)
    arrival.id = envelope.id


def _in_its_topic(kind: type[Message], topic: str) -> bool:
    """Whether it is in the topic of its type. Anybody may write to the topics of commands, so an
    event there would be believed although nobody signed it."""
    if kind.KIND == "event":
        return topic.endswith(topics.topic_of(kind.TYPE, kind.KIND))
    return not topic.endswith(EVENTS)


def _announced(record: ConsumerRecord) -> bool:
    """Whether it is an event: nobody waits for an answer to one."""
    return bool(record.topic.endswith(EVENTS))


def _validator(model: type[Message]) -> Callable[[bytes], Any]:
    return TypeAdapter(model).validator.validate_json
