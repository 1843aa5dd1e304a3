"""Where answers go: `reply_to` is "<topic>/<partition>", and only known reply topics are served."""

from datetime import datetime

from portal_contracts.common import Problem, Refused
from portal_contracts.envelope import Envelope
from portal_runtime.batch import Answer
from portal_runtime.encoding import derived_id, headers, to_json
from portal_runtime.outgoing import Outgoing

REPLY = 2**32
"""Position of the answer among what follows from a message: behind all events and commands."""
LARGEST = 1_000_000
"""Bytes of an answer; Kafka takes no more, and one that is too large would hold up the others."""
TOO_LARGE = Answer(
    Refused.TYPE,
    to_json(
        Refused(
            problems=(
                Problem(
                    code="answer_too_large",
                    message="The answer is too large to be sent. Ask for fewer at a time.",
                ),
            )
        )
    ),
)


class ReplyDesk:
    """Addresses answers. `reply_to` comes from outside: an unknown topic gets nothing."""

    def __init__(self, service: str, topic_prefix: str, allowed: tuple[str, ...]) -> None:
        self._source = service
        self._allowed = frozenset(topic_prefix + topic for topic in allowed)

    def address(self, envelope: Envelope, answer: Answer, now: datetime) -> Outgoing | None:
        """The answer as a record, or None where nobody waits or the address is not allowed."""
        topic, _, partition = envelope.reply_to.partition("/")
        if topic not in self._allowed or not partition.isdecimal():
            return None
        if len(answer.body) > LARGEST:
            answer = TOO_LARGE
        mid = str(envelope.id)
        made = headers(
            answer.type,
            self._source,
            id=derived_id(envelope.id, REPLY, self._source),
            time=now,
            correlation=envelope.correlation_id,
            causation=mid,
            traceparent=envelope.traceparent,
        )
        return Outgoing(topic, mid.encode(), answer.body, made, int(partition), droppable=True)
