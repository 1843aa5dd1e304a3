"""Following what happens: every event of some services, in the order of each partition."""

from dataclasses import dataclass
from typing import Literal, Self

from aiokafka import AIOKafkaConsumer

from portal_client.errors import NotConnected, UnreadableReply
from portal_client.wire import read_message
from portal_contracts import envelope
from portal_contracts.base import Message

Start = Literal["now", "beginning"]


@dataclass(frozen=True, slots=True)
class Happened:
    """A message read from a topic, with its headers and its place."""

    message: Message
    envelope: envelope.Envelope
    topic: str
    partition: int
    offset: int


class Follower:
    """`async with follower: async for happened in follower`. Inside `with` nothing is missed."""

    def __init__(self, bootstrap: str, topics: tuple[str, ...], start: Start) -> None:
        self._topics = topics
        self._consumer = AIOKafkaConsumer(
            *topics,
            bootstrap_servers=bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest" if start == "beginning" else "latest",
        )
        self._started = False

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._started = True
        places = sorted(self._consumer.assignment())
        missing = set(self._topics) - {place.topic for place in places}
        if missing:
            raise NotConnected(f"no such topic: {', '.join(sorted(missing))}")
        for place in places:
            # Waits until the start is known; what is published from now on cannot be missed.
            await self._consumer.position(place)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        if self._started:
            self._started = False
            await self._consumer.stop()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Happened:
        """The next message these contracts can read; others (newer, or broken) are passed over."""
        if not self._started:
            await self.__aenter__()
        while True:
            record = await self._consumer.getone()
            try:
                headers = envelope.read_headers(record.headers)
                message = read_message(headers.type, record.value or b"")
            except (envelope.BadEnvelope, UnreadableReply):
                continue
            return Happened(message, headers, record.topic, record.partition, record.offset)
