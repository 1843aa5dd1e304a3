"""Messages as Kafka records: what is sent, and how a reply is read."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import uuid_utils
from aiokafka.partitioner import murmur2
from pydantic import ValidationError

from portal_client.errors import UnreadableReply
from portal_client.signing import Signer
from portal_contracts import envelope, topics
from portal_contracts.base import REGISTRY, Command, Event, Message, Query, Reply
from portal_contracts.principal import Principal


def new_id() -> UUID:
    """A UUIDv7: rises with time, so that inboxes and journals stay sorted by arrival."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way out, before it is signed."""

    type: str
    kind: str
    key: str
    body: bytes
    subject: str = ""
    id: UUID = field(default_factory=new_id)
    extra: Mapping[str, str] = field(default_factory=dict)
    """Headers to add or replace, e.g. `traceparent` or `ce_correlationid`."""

    @classmethod
    def of(
        cls,
        message: Command | Query | Event,
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "Outgoing":
        return cls(
            type=message.TYPE,
            kind=message.KIND,
            key=message.key(),
            body=message.model_dump_json().encode(),
            subject=message.subject(),
            id=message_id or new_id(),
            extra=headers or {},
        )

    @classmethod
    def raw(
        cls,
        type_name: str,
        kind: str,
        key: str,
        body: bytes,
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> "Outgoing":
        return cls(
            type=type_name,
            kind=kind,
            key=key,
            body=body,
            id=message_id or new_id(),
            extra=headers or {},
        )

    @property
    def topic(self) -> str:
        return topics.topic_of(self.type, self.kind)

    def headers(
        self,
        *,
        source: str,
        principal: Principal,
        signer: Signer,
        reply_to: str = "",
        patience: float | None = None,
    ) -> envelope.Headers:
        """CloudEvents headers with the signed principal; a query also says until when."""
        now = datetime.now(UTC)
        mid = str(self.id)
        values = {
            envelope.ID: mid,
            envelope.TYPE: self.type,
            envelope.SOURCE: source,
            envelope.SPEC: "1.0",
            envelope.TIME: now.isoformat(),
            envelope.SUBJECT: self.subject,
            envelope.CONTENT_TYPE: "application/json",
            envelope.CORRELATION: mid,
            envelope.REPLY_TO: reply_to,
            envelope.PRINCIPAL: signer.sign(
                principal,
                message_id=mid,
                type=self.type,
                key=self.key,
                body=self.body,
                issued_at=int(now.timestamp()),
                reply_to=self.extra.get(envelope.REPLY_TO, reply_to),
            ),
        }
        if self.kind == "query" and patience is not None:
            values[envelope.DEADLINE] = (now + timedelta(seconds=patience)).isoformat()
        values.update(self.extra)
        return [(name, value.encode()) for name, value in values.items() if value]


def read_message(type_name: str, body: bytes) -> Message:
    """The typed message, or `UnreadableReply` saying why not (without values)."""
    model = REGISTRY.get(type_name)
    if model is None:
        raise UnreadableReply(f"unknown message type {type_name!r}; are the contracts up to date?")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableReply(
            f"{type_name} does not have the shape these contracts know "
            f"({error.error_count()} differences); are the contracts up to date?"
        ) from None


def read_reply(type_name: str, body: bytes) -> Reply:
    """The typed reply, or `UnreadableReply`."""
    message = read_message(type_name, body)
    if not isinstance(message, Reply):
        raise UnreadableReply(f"the answer is of type {type_name}, which is no reply")
    return message


@lru_cache(maxsize=65536)
def _hash(key: bytes) -> int:
    # aiokafka computes murmur2 in pure Python; routing buckets repeat, so remembering them pays.
    return int(murmur2(key)) & 0x7FFFFFFF


def partition(key: bytes | None, everything: Sequence[int], available: Sequence[int]) -> int:
    """Kafka's default: equal keys to equal partitions; without a key (queries) any will do."""
    if not key:
        return random.choice(available or everything)
    return everything[_hash(key) % len(everything)]
