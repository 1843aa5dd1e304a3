"""Publishing commands and waiting for their answers, many at a time."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import uuid_utils
from aiokafka.errors import KafkaError

from portal_client.errors import NoReply
from portal_contracts.base import Reply
from portal_runtime.observing.causes import cause
from portal_x12.claim import Message

AT_ONCE = 200
PATIENCE = 30.0
"""Seconds for one answer; then the same message is sent once more, which takes effect once."""
ATTEMPTS = 2


class Asks(Protocol):
    """The one thing needed of the client."""

    async def ask_raw(
        self,
        type_name: str,
        key: str,
        body: bytes,
        *,
        timeout: float = ...,  # noqa: ASYNC109
        message_id: UUID | None = None,
    ) -> Reply: ...


@dataclass(frozen=True, slots=True)
class Answered:
    """One message, its answer, and the answer to what was asked next; None where there is none."""

    index: int
    reply: Reply | None
    next: Reply | None = None
    fault: str = ""
    """Why there is no answer, where that is known."""


def nothing_next(_: Reply) -> Message | None:
    return None


async def publish(
    client: Asks,
    messages: Sequence[Message],
    done: Callable[[], None] = lambda: None,
    *,
    then: Callable[[Reply], Message | None] = nothing_next,
    at_once: int = AT_ONCE,
    patience: float = PATIENCE,
) -> AsyncIterator[Answered]:
    """Answers in the order of the messages. `done` is called as each one comes in.

    `then` says what to ask next, once an answer is there.
    """
    slots = asyncio.Semaphore(at_once)

    async def ask(index: int, message: Message) -> Answered:
        async with slots:
            try:
                reply = await _ask(client, message, patience)
                following = then(reply) if reply is not None else None
                more = await _ask(client, following, patience) if following else None
                return Answered(index, reply, more)
            except KafkaError as error:
                # One claim that is too large, say: the others go on.
                return Answered(index, None, fault=cause(error))
            finally:
                done()

    # Tasks start in this order, so messages of one member go out as they stand in the file.
    tasks = [asyncio.create_task(ask(*item)) for item in enumerate(messages)]
    told = 0
    try:
        for task in tasks:
            answered = await task
            told += 1
            yield answered
    except asyncio.CancelledError:
        # Ctrl-C: answers behind one that is missing have come all the same.
        for late in tasks[told:]:
            if late.done() and not late.cancelled() and not late.exception():
                yield late.result()
        raise
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _ask(client: Asks, message: Message, patience: float) -> Reply | None:
    content = json.dumps(message.body, ensure_ascii=False, separators=(",", ":")).encode()
    message_id = message.id or UUID(bytes=uuid_utils.uuid7().bytes)
    for _ in range(ATTEMPTS):
        try:
            return await client.ask_raw(
                message.type, message.key, content, timeout=patience, message_id=message_id
            )
        except NoReply:
            continue
    return None
