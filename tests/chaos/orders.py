"""What the driver sends: typed messages for somebody, or raw records that are meant badly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import md5, sha256

from portal_client.wire import new_id
from portal_contracts import topics
from portal_contracts.base import Command, Query
from portal_contracts.principal import Principal

Then = Callable[[str, bytes], "list[Order]"]
"""What follows from an answer: given its type and body."""

ANSWERED, REUSED, PARKED, REFUSED, DROPPED, QUERY = (
    "answered",  # one of the answers of its contract, the same for every copy
    "reused",  # the id belongs to another message: refused with `id_reused`
    "parked",  # set aside with its reason, its place and its bytes
    "refused",  # refused with the code that stands beside it
    "dropped",  # nobody can answer it: nothing happens
    "query",  # answered at most; a lost one is a time-out
)


STRANGER, OWED = (
    "stranger",  # about what belongs to somebody else: answered with nothing but a refusal
    "owed",  # a query after all was healed: one of its kind must be answered
)
"""Marks of messages that a `code` stands for otherwise."""


@dataclass(frozen=True, slots=True)
class Who:
    """A principal and the key that vouches for it."""

    principal: Principal
    kid: str


@dataclass(slots=True)
class Order:
    """One message to send."""

    message: Command | Query
    who: Who
    then: Then | None = None
    expect: str = ANSWERED
    code: str = ""
    id: str = field(default_factory=lambda: str(new_id()))

    @property
    def service(self) -> str:
        return self.message.service()


@dataclass(slots=True)
class Copy:
    """One record on its way: a message may be sent in several copies."""

    n: int
    id: str
    type: str
    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
    expect: str
    code: str = ""
    tin: str = ""
    reply: bool = True
    """Whether an answer was asked for."""
    print: str = ""
    """Equal for copies of one message: type, asker and body."""
    who: str = ""
    """Role and subject of the asker, `provider/chaos-1`; empty where nobody has signed."""

    def line(self) -> list[object]:
        """As the intent log keeps it: nothing of the body but its hash."""
        key = None if self.key is None else self.key.decode(errors="replace")[:80]
        digest = md5(self.value or b"", usedforsecurity=False).hexdigest()
        asked = int(self.reply)
        return [self.n, self.id, self.type, self.topic, key, digest, self.expect, self.code,
                self.tin, asked, self.print, self.who]  # fmt: skip


def fingerprint(type_: str, subject: str, body: bytes) -> str:
    return sha256(f"{type_}|{subject}|".encode() + body).hexdigest()[:24]


def topic_of(message: Command | Query) -> str:
    return topics.topic_of(message.TYPE, message.KIND)
