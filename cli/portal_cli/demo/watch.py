"""Follows the events of all services and tells those that belong to the story."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Self, TypeVar

from portal_client import Client, Happened
from portal_contracts.base import Event
from portal_contracts.topics import SERVICES

E = TypeVar("E", bound=Event)
Tell = Callable[[Happened], None]


class Watcher:
    """Keeps what happened because of our own commands: an effect carries the correlation id of the
    command it follows from, through every service and timer.
    """

    def __init__(self, client: Client, tell: Tell) -> None:
        self._follower = client.events(*SERVICES)
        self._tell = tell
        self._ours: set[str] = set()
        self._happened: list[Happened] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._follower.__aenter__()
        self._task = asyncio.create_task(self._watch(), name="demo-watcher")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._follower.__aexit__(None, None, None)

    def add(self, correlation: str) -> None:
        """From now on what carries this id is ours. Say so before the first command is sent."""
        self._ours.add(correlation)

    def of(self, correlation: str) -> tuple[Happened, ...]:
        """Everything that carries this id, in the order in which it was seen."""
        return tuple(h for h in self._happened if h.envelope.correlation_id == correlation)

    async def wait_for(
        self, correlation: str, kind: type[E], where: Callable[[E], bool], seconds: float
    ) -> E | None:
        """The first such event, also one that has happened already; None when none comes."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self._news.clear()
                    for happened in self.of(correlation):
                        message = happened.message
                        if isinstance(message, kind) and where(message):
                            return message
                    await self._news.wait()
        except TimeoutError:
            return None

    async def _watch(self) -> None:
        async for happened in self._follower:
            if happened.envelope.correlation_id in self._ours:
                self._happened.append(happened)
                self._tell(happened)
                self._news.set()
