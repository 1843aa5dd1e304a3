"""What a client can do. The real one and the fake one have this shape and pass one test suite."""

from collections.abc import Mapping
from typing import Protocol, Self
from uuid import UUID

from portal_client.follower import Happened, Start
from portal_contracts.base import Command, Event, Query, Reply
from portal_contracts.principal import Principal


class Following(Protocol):
    """An open view on topics; an iterator that ends only when it is closed."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    def __aiter__(self) -> Self: ...

    async def __anext__(self) -> Happened: ...


class Client(Protocol):
    """Ask, publish, follow."""

    async def ask(
        self,
        message: Command | Query,
        *,
        timeout: float = 20.0,  # noqa: ASYNC109
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send and wait for the answer; `NoReply` when none came in time."""
        ...

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
        """The same with a body as it is; for gateways that pass bytes on, and for tests."""
        ...

    async def publish(
        self,
        message: Command | Event,
        *,
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> UUID:
        """Send without wanting an answer; returns the id once the bus has it on disk."""
        ...

    def events(self, *services: str, start: Start = "now") -> Following:
        """Follow the events of these services."""
        ...

    def acting_as(self, principal: Principal) -> Self:
        """The same connection on behalf of somebody else."""
        ...
