"""Where replies arrive: one fixed partition of the caller's reply topic, and who waits for what."""

import asyncio
import random
from collections.abc import Collection, Iterable
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, TopicPartition

from portal_client.errors import NotConnected, UnreadableReply
from portal_client.wire import read_reply
from portal_contracts import envelope
from portal_contracts.base import Reply

Waiting = asyncio.Future[Reply]


class Pending:
    """Who waits for the answer to which message. Answers nobody waits for are dropped."""

    def __init__(self, limit: int) -> None:
        self._waiting: dict[str, set[Waiting]] = {}
        self.slots = asyncio.Semaphore(limit)
        """Back-pressure: more questions than the limit wait here before they are sent."""
        self._broken: Exception | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def expect(self, message_id: str) -> Waiting:
        """The same id may be asked twice at a time; one answer serves both."""
        if self._broken is not None:
            raise self._broken
        waiting: Waiting = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(message_id, set()).add(waiting)
        return waiting

    def forget(self, message_id: str, waiting: Waiting) -> None:
        others = self._waiting.get(message_id)
        if others is not None:
            others.discard(waiting)
            if not others:
                del self._waiting[message_id]

    def receive(self, headers: Iterable[tuple[str, bytes]], body: bytes) -> None:
        """Hand an answer to whoever waits for it; nothing that arrives here may raise."""
        raw = dict(headers)
        for name in (envelope.CAUSATION, envelope.CORRELATION):
            waiting = self._waiting.pop(raw.get(name, b"").decode("ascii", "replace"), None)
            if waiting:
                _settle(waiting, raw.get(envelope.TYPE, b"").decode("utf-8", "replace"), body)
                return

    def fail(self, error: Exception) -> None:
        """Nobody waits in vain once the connection is gone, now or later."""
        self._broken = error
        for waiting in self._waiting.values():
            for future in waiting:
                if not future.done():
                    future.set_exception(error)
        self._waiting.clear()


def _settle(waiting: set[Waiting], type_name: str, body: bytes) -> None:
    try:
        reply = read_reply(type_name, body)
    except UnreadableReply as error:
        for future in waiting:
            if not future.done():
                future.set_exception(error)
        return
    for future in waiting:
        if not future.done():
            future.set_result(reply)


class ReplyInbox:
    """Reads one partition of the reply topic. No group, so no rebalance ever delays an answer."""

    def __init__(self, bootstrap: str, topic: str, partition: int | None, pending: Pending) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="latest",
        )
        self._topic = topic
        self._partition = partition
        self._pending = pending
        self._task: asyncio.Task[None] | None = None
        self.address = ""

    async def start(self, partitions: Collection[int]) -> None:
        """Ready only when it stands at the end: no answer to what is sent next can be missed."""
        chosen = random.choice(sorted(partitions)) if self._partition is None else self._partition
        if chosen not in partitions:
            raise NotConnected(f"reply topic {self._topic} has no partition {chosen}")
        await self._consumer.start()
        place = TopicPartition(self._topic, chosen)
        self._consumer.assign([place])
        await self._consumer.position(place)
        self.address = f"{self._topic}/{chosen}"
        self._task = asyncio.create_task(self._read(), name="portal-replies")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._consumer.stop()
        self._pending.fail(NotConnected("the client was closed while an answer was outstanding"))

    async def _read(self) -> None:
        try:
            async for record in self._consumer:
                self._pending.receive(record.headers, record.value or b"")
        except Exception as error:  # whatever it is: those who wait have to know
            self._pending.fail(NotConnected(f"reading replies failed: {type(error).__name__}"))
