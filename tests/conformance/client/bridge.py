"""A scripted backend behind a real Kafka: what stands in for the services in these tests."""

import asyncio
import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from portal_client.fake import FakeBackend
from portal_client.wire import Outgoing
from portal_contracts import envelope, topics
from portal_contracts.principal import Principal, body_hash

SERVICE = "claims"
Verify = Callable[[bytes, bytes], None]


@asynccontextmanager
async def bridge(
    bootstrap: str, prefix: str, backend: FakeBackend, verify: Verify
) -> AsyncIterator[None]:
    """Reads the commands and queries of one service, lets the backend answer, sends the replies."""
    inputs = [prefix + topics.commands(SERVICE), prefix + topics.queries(SERVICE)]
    consumer = AIOKafkaConsumer(
        *inputs, bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest"
    )
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    async with consumer, producer:
        task = asyncio.create_task(_serve(consumer, producer, backend, verify))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _serve(
    consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, backend: FakeBackend, verify: Verify
) -> None:
    async for record in consumer:
        headers = envelope.read_headers(record.headers)
        principal = _principal(record, headers, verify)
        kind = "query" if record.topic.endswith(topics.queries(SERVICE)) else "command"
        message = Outgoing.raw(headers.type, kind, record.key.decode(), record.value, headers.id)
        reply = backend.deliver(message, principal)
        if reply is None or not headers.reply_to:
            continue
        topic, _, partition = headers.reply_to.rpartition("/")
        answer = [
            (envelope.TYPE, reply.TYPE.encode()),
            (envelope.CAUSATION, str(headers.id).encode()),
            (envelope.CORRELATION, headers.correlation_id.encode()),
        ]
        body = reply.model_dump_json().encode()
        # A stranger's answer goes ahead of each: the client has to drop it.
        strange = [(envelope.TYPE, reply.TYPE.encode()), (envelope.CORRELATION, b"\xff unknown")]
        await producer.send(topic, body, partition=int(partition), headers=strange)
        await producer.send_and_wait(topic, body, partition=int(partition), headers=answer)


def _principal(record: ConsumerRecord, headers: envelope.Envelope, verify: Verify) -> Principal:
    """The signed principal, checked as a service would check it."""
    head, payload, signature = headers.principal.split(".")
    verify(_decode(signature), f"{head}.{payload}".encode())
    claims = json.loads(_decode(payload))
    assert claims["mid"] == str(headers.id)
    assert claims["typ"] == headers.type
    assert claims["key"] == record.key.decode()
    assert claims["bh"] == body_hash(record.value)
    return Principal(subject=claims["sub"], role=claims["role"], tins=frozenset(claims["tins"]))


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")
