"""The portal in memory, for tests of whoever uses the client: scripted answers, real contracts.

    backend = FakeBackend()
    backend.when(SearchClaims, ClaimList(claims=(), as_of=now))
    client = FakePortalClient(backend, principal)
    await client.ask(SearchClaims())

It passes the same test-suite as the client over Kafka (tests/conformance/client).
"""

import asyncio
import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self
from uuid import UUID

from pydantic import ValidationError

from portal_client.errors import NoReply
from portal_client.follower import Happened, Start
from portal_client.wire import Outgoing
from portal_contracts import topics
from portal_contracts.answers import answers
from portal_contracts.base import REGISTRY, Command, Event, Message, Query, Reply
from portal_contracts.common import Refused
from portal_contracts.envelope import Envelope
from portal_contracts.principal import Principal
from portal_contracts.problems.message import ID_REUSED, UNKNOWN_TYPE
from portal_contracts.shape_errors import problems_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One message as a service would see it."""

    message: Message
    principal: Principal
    id: UUID


Answer = Reply | Callable[[Asked], Reply | None]


class FakeBackend:
    """Keeps the promises of the services: validates, one effect per id, the first answer again."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        """Everything that was decided or answered, in order; repetitions are not."""
        self._script: dict[str, Answer] = {}
        self._stored: dict[UUID, tuple[bytes, Reply | None]] = {}
        self._happened: list[Happened] = []
        self._open: list[FakeFollower] = []

    def when(self, type: type[Command | Query], answer: Answer) -> None:
        """From now on answer messages of this type so. A function returning None stays silent."""
        # A test that scripts what no service would ever say proves nothing.
        if isinstance(answer, Reply) and builtins.type(answer) not in answers(type):
            raise TypeError(f"{type.TYPE} is never answered with {answer.TYPE}")
        self._script[type.TYPE] = answer

    def deliver(self, message: Outgoing, principal: Principal) -> Reply | None:
        """Decide one message; None where no service would answer."""
        digest = sha256(
            f"{message.type}|{principal.subject}|".encode() + _contents(message)
        ).digest()
        stored = self._stored.get(message.id)
        if stored is not None:
            return stored[1] if stored[0] == digest else Refused(problems=(ID_REUSED(),))
        reply = self._decide(message, principal)
        if message.kind == "command":
            self._stored[message.id] = (digest, reply)
        return reply

    def happen(self, event: Event, message_id: UUID | None = None) -> None:
        """Let the followers see an event."""
        outgoing = Outgoing.of(event, message_id)
        headers = Envelope(
            id=outgoing.id,
            type=outgoing.type,
            time=datetime.now(UTC),
            source="/portal/fake",
            subject=outgoing.subject,
            correlation_id=str(outgoing.id),
        )
        happened = Happened(event, headers, outgoing.topic, 0, len(self._happened))
        self._happened.append(happened)
        for follower in self._open:
            follower.see(happened)

    def follower(self, names: frozenset[str], start: Start) -> "FakeFollower":
        follower = FakeFollower(names)
        if start == "beginning":
            for happened in self._happened:
                follower.see(happened)
        self._open.append(follower)
        return follower

    def _decide(self, outgoing: Outgoing, principal: Principal) -> Reply | None:
        model = REGISTRY.get(outgoing.type)
        if model is None or model.KIND not in ("command", "query"):
            return Refused(problems=(UNKNOWN_TYPE(),))
        try:
            message = model.model_validate_json(outgoing.body)
        except ValidationError as error:
            return Refused(problems=tuple(problems_of(model, error)))
        asked = Asked(message, principal, outgoing.id)
        self.asked.append(asked)
        answer = self._script.get(outgoing.type)
        return answer(asked) if callable(answer) else answer


class FakeFollower:
    """What a follower of the real client is, on a queue."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self._queue: asyncio.Queue[Happened] = asyncio.Queue()

    def see(self, happened: Happened) -> None:
        if happened.topic in self._names:
            self._queue.put_nowait(happened)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._names = frozenset()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Happened:
        return await self._queue.get()


class FakePortalClient:
    """`PortalClient` without a bus."""

    def __init__(self, backend: FakeBackend, principal: Principal) -> None:
        self._backend = backend
        self._principal = principal

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    def acting_as(self, principal: Principal) -> Self:
        return type(self)(self._backend, principal)

    async def ask(
        self,
        message: Command | Query,
        *,
        timeout: float = 20.0,  # noqa: ASYNC109
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        return self._ask(Outgoing.of(message, message_id, headers), timeout)

    async def ask_raw(
        self,
        type_name: str,
        key: str,
        body: bytes,
        *,
        kind: str | None = None,
        timeout: float = 20.0,  # noqa: ASYNC109
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        known = REGISTRY.get(type_name)
        kind = kind or (known.KIND if known else "command")
        return self._ask(Outgoing.raw(type_name, kind, key, body, message_id, headers), timeout)

    async def publish(
        self,
        message: Command | Event,
        *,
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> UUID:
        outgoing = Outgoing.of(message, message_id, headers)
        if isinstance(message, Event):
            self._backend.happen(message, outgoing.id)
        else:
            self._backend.deliver(outgoing, self._principal)
        return outgoing.id

    def events(self, *services: str, start: Start = "now") -> FakeFollower:
        return self._backend.follower(frozenset(map(topics.events, services)), start)

    def _ask(self, message: Outgoing, patience: float) -> Reply:
        reply = self._backend.deliver(message, self._principal)
        if reply is None:
            # No answer is scripted. Nobody wants a test to wait for it.
            raise NoReply(message.type, message.id, patience)
        return reply


def _contents(message: Outgoing) -> bytes:
    """What it says, written in one way: the same message may come with other spaces."""
    try:
        return REGISTRY[message.type].model_validate_json(message.body).model_dump_json().encode()
    except (KeyError, ValidationError):
        return message.body
