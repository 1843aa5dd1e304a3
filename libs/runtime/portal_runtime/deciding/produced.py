"""What a decision sends, encoded: an answer, events and commands one by one, bulk orders as one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from pydantic import BaseModel

from portal_contracts import topics
from portal_contracts.base import Message
from portal_runtime.domain.decision import Decision
from portal_runtime.intake.arrival import Arrival
from portal_runtime.intake.incoming import MAX_BODY
from portal_runtime.observing import tracing
from portal_runtime.wire.encoding import derived_id, to_json

NUL = "\0"
"""JSON can hold it, no text column can: kept in `journal_bulk`, it could not be read again."""
Bodies = dict[int, tuple[BaseModel, bytes]]
"""JSON of the messages that were produced, by identity; the message is held, so that it stays."""


@dataclass(slots=True)
class Answer:
    """What goes back to whoever asked: kept in the inbox, sent again when asked again."""

    type: str
    body: bytes


@dataclass(slots=True)
class Produced:
    """One event or command that a decision made; becomes a row of the journal."""

    id: str
    topic: str
    key: str
    type: str
    subject: str
    body: bytes
    cause: str
    correlation: str
    traceparent: str
    actor: str


@dataclass(slots=True)
class BulkOrder:
    """Bulk commands of one type that one message ordered; become one row of `journal_bulk`.

    With a full row for each, ordering thousands of them cost half as much again.
    """

    ids: list[str]
    topic: str
    keys: list[str]
    type: str
    subjects: list[str]
    bodies: list[bytes]
    cause: str
    correlation: str
    traceparent: str
    actor: str


def produce(
    arrival: Arrival, decision: Decision, service: str, bodies: Bodies
) -> list[Produced | BulkOrder]:
    """Everything that follows from a message, in order. Adds to `bodies` what may be saved, too.

    ValueError for what is too large or cannot be stored.
    """
    envelope = arrival.envelope
    assert envelope is not None
    made: list[Produced | BulkOrder] = []
    trace = envelope.traceparent
    if trace:
        trace = tracing.record(envelope.type, trace, arrival.record.timestamp)
    cause, actor = str(envelope.id), arrival.principal.subject
    for position, (message, topic) in enumerate(_one_by_one(decision, service)):
        body = _body(message)
        bodies[id(message)] = (message, body)
        made.append(
            Produced(  # in the order of its fields: keywords cost more than the object itself
                derived_id(envelope.id, position, service),
                topic,
                message.key(),
                message.TYPE,
                message.subject(),
                body,
                cause,
                envelope.correlation_id,
                trace,
                actor,
            )
        )
    made += _bulk_orders(arrival, decision, service, len(made), trace)
    return made


def _bulk_orders(
    arrival: Arrival, decision: Decision, service: str, first: int, trace: str
) -> Iterator[BulkOrder]:
    envelope = arrival.envelope
    assert envelope is not None
    numbered = enumerate(decision.bulk, first)
    for type_, alike in groupby(numbered, lambda command: command[1].TYPE):
        numbers, commands = zip(*alike, strict=True)
        keys = [command.key() for command in commands]
        subjects = [command.subject() for command in commands]
        if NUL in "".join(keys) or NUL in "".join(subjects):
            raise ValueError("what follows from this message cannot be stored")
        yield BulkOrder(
            [derived_id(envelope.id, position, service) for position in numbers],
            topics.bulk(service),
            keys,
            type_,
            subjects,
            [_body(command) for command in commands],
            str(envelope.id),
            envelope.correlation_id,
            trace,
            arrival.principal.subject,
        )


def _one_by_one(decision: Decision, service: str) -> Iterator[tuple[Message, str]]:
    """What is sent one by one, and to which topic."""
    for message in (*decision.events, *decision.commands):
        yield message, topics.topic_of(message.TYPE, message.KIND)
    for review in decision.reviews:
        yield review, topics.reviews(service)


def _body(message: Message) -> bytes:
    body = to_json(message)
    if len(body) > MAX_BODY:
        raise ValueError("a message that follows from this one is too large")
    return body


def answer_of(reply: Message) -> Answer:
    return Answer(reply.TYPE, to_json(reply))
