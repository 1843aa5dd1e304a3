"""Commands of a service to itself that no message caused: a timer's, and the answer of an effect.

They have no row in the journal, so they name no cause: `portal reconcile` looks for what has one.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal_contracts import envelope as e
from portal_contracts import topics
from portal_runtime.security.principals import ServiceSigner
from portal_runtime.wire.encoding import headers
from portal_runtime.wire.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class OwnCommand:
    """What is sent, whenever that is. The same `id` again is recognized by the inbox."""

    id: UUID | str
    type: str
    routing: str
    """Kafka key."""
    subject: str
    correlation: str
    body: bytes
    traceparent: str = ""


class OwnCommands:
    """Signs them and says where they go."""

    def __init__(self, service: str, signer: ServiceSigner, topic_prefix: str) -> None:
        self._service = service
        self._signer = signer
        self._topic = topic_prefix + topics.commands(service)

    def record(self, command: OwnCommand, now: datetime) -> Outgoing:
        """The record, signed at this moment."""
        mid = str(command.id)
        made = headers(
            command.type,
            self._service,
            id=mid,
            time=now,
            subject=command.subject,
            correlation=command.correlation,
            traceparent=command.traceparent,
        )
        signed = self._signer.sign(
            mid, command.type, command.routing, command.body, int(now.timestamp())
        )
        made.append((e.PRINCIPAL, signed))
        return Outgoing(self._topic, command.routing.encode(), command.body, made)
