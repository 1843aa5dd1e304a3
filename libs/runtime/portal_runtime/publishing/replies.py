"""Where answers go: `reply_to` is "<topic>/<partition>", and only known reply topics are served."""

from datetime import datetime

from portal_contracts.common import Refused
from portal_contracts.envelope import Envelope
from portal_runtime.deciding.produced import Answer
from portal_runtime.intake.asker import Asker, asker_of
from portal_runtime.intake.sentences import ANSWER_TOO_LARGE
from portal_runtime.wire.encoding import derived_id, headers, to_json
from portal_runtime.wire.outgoing import Outgoing

REPLY = 2**32
"""Position of the answer among what follows from a message: behind all events and commands."""
LARGEST = 1_000_000
"""Bytes of an answer; Kafka takes no more, and one that is too large would hold up the others."""
TOO_LARGE = Answer(Refused.TYPE, to_json(ANSWER_TOO_LARGE))


class ReplyDesk:
    """Addresses answers. `reply_to` comes from outside: an unknown topic gets nothing."""

    def __init__(self, service: str, topic_prefix: str, allowed: tuple[str, ...]) -> None:
        self._source = service
        self._allowed = frozenset(topic_prefix + topic for topic in allowed)

    def serves(self, reply_to: str) -> bool:
        """Whether an answer may go there."""
        return self._place(reply_to) is not None

    def _place(self, reply_to: str) -> tuple[str, int] | None:
        topic, _, partition = reply_to.partition("/")
        # Kafka counts partitions with 32 bits, and Python does not read a number of any length.
        is_number = partition.isascii() and partition.isdigit() and len(partition) < 10
        return (topic, int(partition)) if topic in self._allowed and is_number else None

    def address(self, envelope: Envelope, answer: Answer, now: datetime) -> Outgoing | None:
        """The answer as a record, or None where nobody waits or the address is not allowed."""
        return self.tell(asker_of(envelope), answer, now)

    def tell(self, asker: Asker, answer: Answer, now: datetime) -> Outgoing | None:
        """The same, even to a sender whose other headers cannot be read."""
        place = self._place(asker.reply_to)
        if place is None:
            return None
        if len(answer.body) > LARGEST:
            answer = TOO_LARGE
        made = headers(
            answer.type,
            self._source,
            id=derived_id(asker.id, REPLY, self._source),
            time=now,
            correlation=asker.correlation,
            causation=asker.causation,
            traceparent=asker.traceparent,
        )
        topic, partition = place
        key = (asker.causation or asker.correlation).encode()
        return Outgoing(topic, key, answer.body, made, partition, droppable=True)
