"""Many messages at a time, answers in order, and the second attempt."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from aiokafka.errors import MessageSizeTooLargeError

from portal_cli.importing.publishing import Answered, publish
from portal_client.errors import NoReply, NotConnected
from portal_contracts.base import Reply
from portal_contracts.common import Done
from portal_x12.claim import Message


class Slow:
    """Answers later messages earlier, and stays silent as often as it is told."""

    def __init__(self, silent: int = 0) -> None:
        self.silent = silent
        self.open = self.most = 0
        self.ids: list[UUID | None] = []

    async def ask_raw(
        self,
        type_name: str,
        key: str,
        body: bytes,
        *,
        timeout: float = 1.0,  # noqa: ASYNC109
        message_id: UUID | None = None,
    ) -> Reply:
        self.ids.append(message_id)
        if len(self.ids) <= self.silent:
            raise NoReply(type_name, UUID(int=0), timeout)
        self.open += 1
        self.most = max(self.most, self.open)
        number = json.loads(body)["number"]
        await asyncio.sleep(0.002 * (10 - number % 10))
        self.open -= 1
        return Done(reference=f"{type_name} {number}")


def _messages(count: int) -> list[Message]:
    return [Message("a.b.v1", "key", {"number": number}) for number in range(count)]


async def _all(client: Slow, count: int, at_once: int = 200) -> list[Answered]:
    return [one async for one in publish(client, _messages(count), at_once=at_once)]


async def test_answers_come_in_the_order_of_the_messages() -> None:
    answered = await _all(Slow(), 30)
    assert [one.reply for one in answered] == [Done(reference=f"a.b.v1 {n}") for n in range(30)]
    assert [one.index for one in answered] == list(range(30))


async def test_only_so_many_are_under_way() -> None:
    client = Slow()
    await _all(client, 30, at_once=7)
    assert client.most == 7


async def test_silence_is_asked_again_with_the_same_id() -> None:
    client = Slow(silent=1)
    (answered,) = await _all(client, 1)
    assert answered.reply == Done(reference="a.b.v1 0")
    assert len(client.ids) == 2
    assert len(set(client.ids)) == 1


async def test_silence_twice_is_no_answer() -> None:
    client = Slow(silent=2)
    (answered,) = await _all(client, 1)
    assert answered.reply is None
    assert len(client.ids) == 2


async def test_the_next_question_follows_the_answer() -> None:
    client = Slow()
    asked = [
        one
        async for one in publish(
            client, _messages(1), then=lambda reply: Message("next.v1", "", {"number": 5})
        )
    ]
    assert asked[0].next == Done(reference="next.v1 5")


async def test_one_that_cannot_be_sent_does_not_stop_the_others() -> None:
    class Picky(Slow):
        async def ask_raw(self, type_name: str, key: str, body: bytes, **more: Any) -> Reply:
            if json.loads(body)["number"] == 1:
                raise MessageSizeTooLargeError
            return await super().ask_raw(type_name, key, body, **more)

    first, second, third = await _all(Picky(), 3)
    assert (second.reply, second.fault) == (None, "the record is larger than Kafka takes")
    assert first.reply and third.reply


async def test_a_lost_connection_ends_everything_at_once() -> None:
    class Lost(Slow):
        async def ask_raw(self, type_name: str, key: str, body: bytes, **more: Any) -> Reply:
            if json.loads(body)["number"] == 2:
                raise NotConnected("gone")
            await asyncio.sleep(0 if json.loads(body)["number"] < 2 else 60)
            return Done(reference="x")

    async with asyncio.timeout(5):
        with pytest.raises(NotConnected):
            await _all(Lost(), 20)
