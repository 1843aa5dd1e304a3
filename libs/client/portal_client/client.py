"""The client over Kafka."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Self
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from portal_client.closed import survive
from portal_client.errors import NoReply, NotConnected, NotSent
from portal_client.follower import Follower, Start
from portal_client.replies import Pending, ReplyInbox
from portal_client.signing import Signer
from portal_client.wire import Outgoing, partition
from portal_contracts import topics
from portal_contracts.base import REGISTRY, Command, Event, Query, Reply
from portal_contracts.principal import Principal

TOPIC_PATIENCE = 3.0
TOO_LARGE = "it is larger than 1 MB; upload files through the documents service"


class Connection:
    """One producer, one reply partition, and the questions that are open; shared by `acting_as`."""

    def __init__(
        self,
        bootstrap: str,
        caller: str,
        topic_prefix: str,
        reply_partition: int | None,
        linger_ms: int,
        max_pending: int,
    ) -> None:
        self.bootstrap = bootstrap
        self.prefix = topic_prefix
        self.source = f"/portal/{caller}"
        self.pending = Pending(max_pending)
        self.followers: list[Follower] = []
        self._caller = caller
        self._reply_partition = reply_partition
        self._linger_ms = linger_ms
        self._stack = AsyncExitStack()
        self._producer: AIOKafkaProducer | None = None
        self._inbox: ReplyInbox | None = None

    async def open(self) -> None:
        survive()
        async with AsyncExitStack() as stack:
            producer = AIOKafkaProducer(
                bootstrap_servers=self.bootstrap,
                acks="all",
                enable_idempotence=True,
                linger_ms=self._linger_ms,
                max_batch_size=128 * 1024,
                partitioner=partition,
            )
            stack.push_async_callback(producer.stop)
            await _start(producer, self.bootstrap)
            topic = self.prefix + topics.replies(self._caller)
            inbox = ReplyInbox(self.bootstrap, topic, self._reply_partition, self.pending)
            stack.push_async_callback(inbox.stop)
            await inbox.start(await _partitions(producer, topic))
            self._inbox, self._producer = inbox, producer
            self._stack = stack.pop_all()

    async def close(self) -> None:
        for follower in self.followers:
            await follower.stop()
        self._producer = self._inbox = None
        await self._stack.aclose()

    @property
    def reply_to(self) -> str:
        if self._inbox is None:
            raise NotConnected("use the client inside `async with`")
        return self._inbox.address

    async def send(self, message: Outgoing, headers: list[tuple[str, bytes]]) -> None:
        """Returns when the brokers have it on disk."""
        if self._producer is None:
            raise NotConnected("use the client inside `async with`")
        try:
            await self._producer.send_and_wait(
                self.prefix + message.topic,
                value=message.body,
                key=message.key.encode(),
                headers=headers,
            )
        except MessageSizeTooLargeError:
            raise NotSent(message.type, message.id, TOO_LARGE) from None
        except KafkaError as error:
            raise NotSent(message.type, message.id, type(error).__name__) from error


async def _start(producer: AIOKafkaProducer, bootstrap: str) -> None:
    try:
        await producer.start()
    except KafkaError as error:
        raise NotConnected(f"Kafka does not answer at {bootstrap}; is it running?") from error


async def _partitions(producer: AIOKafkaProducer, topic: str) -> set[int]:
    try:
        # aiokafka would ask for 40 s in the hope that somebody makes the topic.
        async with asyncio.timeout(TOPIC_PATIENCE):
            return set(await producer.partitions_for(topic))
    except (KafkaError, TimeoutError) as error:
        raise NotConnected(f"there is no reply topic {topic}; are the topics created?") from error


class PortalClient:
    """Asks the portal's services over Kafka on behalf of one principal."""

    def __init__(
        self,
        bootstrap: str,
        *,
        principal: Principal,
        signer: Signer,
        caller: str = "cli",
        topic_prefix: str = "",
        reply_partition: int | None = None,
        linger_ms: int = 0,
        max_pending: int = 10_000,
    ) -> None:
        self._principal = principal
        self._signer = signer
        self._connection = Connection(
            bootstrap, caller, topic_prefix, reply_partition, linger_ms, max_pending
        )

    async def __aenter__(self) -> Self:
        await self._connection.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    def acting_as(self, principal: Principal, signer: Signer | None = None) -> Self:
        """The same connection on behalf of somebody else; only the original one closes it."""
        other = type(self).__new__(type(self))
        other._principal = principal
        other._signer = signer or self._signer
        other._connection = self._connection
        return other

    async def ask(
        self,
        message: Command | Query,
        *,
        timeout: float = 20.0,  # noqa: ASYNC109 - the time-out belongs to the reply, not to the task
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send and wait for the answer. `Refused` and `Parked` are answers and are returned.

        Raises `NoReply` when none came in time; then ask again with the same `message_id`.
        """
        return await self._ask(Outgoing.of(message, message_id, headers), timeout)

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
        """The same with a body as it is: nothing is validated here, the service answers for it."""
        known = REGISTRY.get(type_name)
        message = Outgoing.raw(
            type_name, kind or (known.KIND if known else "command"), key, body, message_id, headers
        )
        return await self._ask(message, timeout)

    async def publish(
        self,
        message: Command | Event,
        *,
        message_id: UUID | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> UUID:
        """Send without wanting an answer; returns the message's id once it is on disk."""
        outgoing = Outgoing.of(message, message_id, headers)
        await self._connection.send(outgoing, self._headers(outgoing))
        return outgoing.id

    def events(self, *services: str, start: Start = "now") -> Follower:
        """Follow the events of these services, from now on or from the beginning."""
        return self.follow(*(topics.events(service) for service in services), start=start)

    def follow(self, *names: str, start: Start = "now") -> Follower:
        """Follow any topics, e.g. 'claims.commands'."""
        connection = self._connection
        follower = Follower(
            connection.bootstrap, tuple(connection.prefix + name for name in names), start
        )
        connection.followers.append(follower)
        return follower

    async def _ask(self, message: Outgoing, patience: float) -> Reply:
        connection, key = self._connection, str(message.id)
        reply_to = connection.reply_to
        async with connection.pending.slots:
            waiting = connection.pending.expect(key)
            try:
                # Only now: a deadline must not run while the question waits for its turn.
                headers = self._headers(message, reply_to, patience)
                async with asyncio.timeout(patience):
                    await connection.send(message, headers)
                    return await waiting
            except TimeoutError:
                raise NoReply(message.type, message.id, patience) from None
            finally:
                connection.pending.forget(key, waiting)

    def _headers(
        self, message: Outgoing, reply_to: str = "", patience: float | None = None
    ) -> list[tuple[str, bytes]]:
        return message.headers(
            source=self._connection.source,
            principal=self._principal,
            signer=self._signer,
            reply_to=reply_to,
            patience=patience,
        )
