"""Servers that go away, and names that are taken: nothing is taken meanwhile, all goes on after."""

from __future__ import annotations

import asyncio
import signal
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.record.util import calc_crc32c

from portal_contracts.common import Refused
from portal_runtime.observing import failpoints
from portal_runtime.observing.metrics import LAG, MISSED
from portal_runtime.process.running import Running
from portal_runtime.queries import answering
from portal_runtime.tables import IO, States
from portal_runtime.wire.outgoing import Outgoing, Publisher
from tests.integration.runtime.conftest import Corner, running
from tests.integration.runtime.test_crashes import process
from tests.support.tally import Add, GetTotal, Total, total

CRC_AT, ATTRIBUTES_AT = 17, 21  # in a wire batch of version 2; the checksum covers what follows it


@asynccontextmanager
async def no_database(corner: Corner) -> AsyncIterator[None]:
    """The database of the tally service refuses everybody."""
    dsn = corner.isolation.dsn("tally")
    server, name = dsn.rsplit("/", 1)
    conn = await asyncpg.connect(f"{server}/postgres")
    try:
        await conn.execute(f'alter database "{name}" with allow_connections false')
        await conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name
        )
        yield
    finally:
        await conn.execute(f'alter database "{name}" with allow_connections true')
        await conn.close()


async def test_an_odd_error_of_a_vanishing_server_parks_nothing(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncpg tells of some disconnections by an error that is no PostgresError."""
    saves = States.save
    odd = iter((asyncpg.InternalClientError("unknown protocol state"), EOFError()))

    async def failing(self: States[Any], io: IO, items: Any) -> None:
        for error in odd:
            raise error
        await saves(self, io, items)

    monkeypatch.setattr(States, "save", failing)
    async with running(corner), corner.client() as client:
        reply = await client.ask(Add(account="a", amount=1), timeout=30)
        assert reply == Total(account="a", total=1, version=1)
        assert await corner.rows("select reason from parked") == []
    assert next(odd, None) is None, "the errors were not met"


async def test_while_the_database_is_away_ready_says_so_and_all_is_decided_after(
    corner: Corner,
) -> None:
    async with running(corner) as service, corner.client() as client:
        assert await client.ask(Add(account="a", amount=1))
        async with no_database(corner):
            asks = [
                asyncio.create_task(client.ask(Add(account="a", amount=1), timeout=60))
                for _ in range(50)
            ]
            await asyncio.sleep(1.5)
            problems = await service.health.problems()
            assert "database" in problems, problems
            assert not any(a.done() for a in asks)
            assert service.broken() == "", "it waits, it does not give up"
        replies = await asyncio.gather(*asks)
        assert [total(r).version for r in replies] == list(range(2, 52))
        for _ in range(50):
            if not await service.health.problems():
                break
            await asyncio.sleep(0.1)
        assert await service.health.problems() == {}


async def test_a_service_that_stands_still_from_its_start_says_how_much_waits(
    corner: Corner,
) -> None:
    async with running(corner):
        pass  # its tables exist; nothing was ever taken or committed
    LAG.clear()
    conn = await asyncpg.connect(corner.isolation.dsn("tally"))
    async with corner.client() as client:
        await conn.execute("begin; lock table tallies in access exclusive mode")
        await asyncio.gather(*(client.publish(Add(account=a, amount=1)) for a in "abcde"))
        async with running(corner) as service:
            assert await until_waiting(service, 5) == 5
            await conn.execute("rollback")
            assert await until_waiting(service, 0) == 0
    await conn.close()


async def until_waiting(service: Running, count: int) -> float:
    """What the metric says, once it says so or after ten seconds."""
    waiting = -1.0
    for _ in range(100):
        await service.pipelines[0].measure_lag()
        shown = [sample.value for metric in LAG.collect() for sample in metric.samples]
        waiting = sum(shown) if len(shown) == 4 else -1.0
        if waiting == count:
            break
        await asyncio.sleep(0.1)
    return waiting


async def test_the_mark_of_a_senders_transaction_does_not_wait_for_ever(corner: Corner) -> None:
    """It has a number in the log and is handed to nobody."""
    LAG.clear()
    producer = AIOKafkaProducer(
        bootstrap_servers=corner.isolation.infra.kafka, transactional_id=corner.isolation.token
    )
    await producer.start()
    async with running(corner) as service:
        async with producer.transaction():
            await producer.send(corner.isolation.topic("tally.commands"), b"{}", partition=0)
        while not await corner.rows("select reason from parked"):
            await asyncio.sleep(0.1)
        assert await until_waiting(service, 0) == 0
    await producer.stop()


async def test_a_batch_owed_is_published_although_the_database_fails_in_between(
    corner: Corner,
) -> None:
    """Between deciding and reading what an interrupted batch owes, the database may go away."""
    async with corner.client() as client:
        asks = [
            asyncio.create_task(client.ask(Add(account="a", amount=1), timeout=60))
            for _ in range(20)
        ]
        with process(corner, "after_db_commit") as first:
            assert await asyncio.to_thread(first.wait, 60) == -signal.SIGKILL
        async with running(corner) as service:
            owed = service.pipelines[0]._outbox.records
            failures = [
                OSError("gone"),
                asyncpg.InterfaceError("gone"),
                asyncpg.InternalClientError("confused"),
            ]

            async def failing(batch: object) -> object:
                if failures:
                    raise failures.pop()
                return await owed(batch)  # type: ignore[arg-type]

            for pipeline in service.pipelines:
                pipeline._outbox.records = failing  # type: ignore[method-assign, assignment]
            replies = await asyncio.gather(*asks)
            assert not failures
            assert service.broken() == ""
        assert [total(r).version for r in replies] == list(range(1, 21))


async def test_a_producer_that_lost_count_is_replaced(corner: Corner) -> None:
    topic = corner.isolation.topic("tally.events")
    publisher = Publisher(corner.isolation.infra.kafka)
    await publisher.start()
    try:
        record = Outgoing(topic, b"a", b"{}", [], 0)
        await publisher.publish([record])
        # As after a batch that was given up: its sequence numbers were never seen by Kafka.
        manager = publisher._live()._txn_manager
        manager.increment_sequence_number(TopicPartition(topic, 0), 5)
        async with asyncio.timeout(30):
            await publisher.publish([record])
    finally:
        await publisher.stop()


async def test_a_header_name_that_is_no_text_stops_no_partition(corner: Corner) -> None:
    topic = corner.isolation.topic("tally.commands")
    producer = AIOKafkaProducer(bootstrap_servers=corner.isolation.infra.kafka)
    await producer.start()
    async with running(corner) as service, corner.client() as client:
        assert await client.ask(Add(account="a", amount=1))
        headers = [("NAME-TO-SPOIL", b"v"), ("ce_id", str(uuid4()).encode())]
        for place in sorted(await producer.partitions_for(topic)):
            batch = producer.create_batch()
            for _ in range(3):
                batch.append(key=b"a", value=b"{}", timestamp=None, headers=headers)
            batch.close()
            batch._buffer = spoilt(bytes(batch._builder.build()))
            await (await producer.send_batch(batch, topic, partition=place))
        replies = [await client.ask(Add(account=a, amount=1), timeout=20) for a in "abcdefgh"]
        assert [total(r).total for r in replies] == [2] + 7 * [1]
        assert service.broken() == ""
    await producer.stop()
    rows = await corner.rows("select reason, header_names from parked")
    assert len(rows) == 12
    assert {r["reason"] for r in rows} == {"header ce_type is missing"}
    assert {r["header_names"][0] for r in rows} == {"\\xffAME-TO-SPOIL"}


def spoilt(built: bytes) -> bytes:
    """The wire batch with a header name that is not UTF-8, and the checksum that goes with it."""
    raw = bytearray(built.replace(b"NAME-TO-SPOIL", b"\xffAME-TO-SPOIL"))
    crc = calc_crc32c(bytes(raw[ATTRIBUTES_AT:]))
    struct.pack_into(">I", raw, CRC_AT, crc)
    return bytes(raw)


async def test_a_query_is_answered_again_after_its_service_came_back(corner: Corner) -> None:
    async with corner.client() as client:
        with process(corner, failpoints.QUERY_ANSWERED) as first:
            assert await client.ask(Add(account="a", amount=1), timeout=30)
            asked = asyncio.create_task(client.ask(GetTotal(account="a"), timeout=3))
            assert await asyncio.to_thread(first.wait, 60) == -signal.SIGKILL
            assert isinstance((await asyncio.gather(asked, return_exceptions=True))[0], Exception)
        with process(corner):
            reply = await client.ask(GetTotal(account="a"), timeout=30)
        assert reply == Total(account="a", total=1, version=1)
        reads = await corner.rows("select count(*) from access_log where purpose = 'get total'")
        assert reads[0][0] == 2, "the look that was lost on its way is recorded as well"


async def test_messages_deleted_before_they_were_taken_are_counted(corner: Corner) -> None:
    topic = corner.isolation.topic("tally.commands")
    async with corner.client() as client:
        async with running(corner):
            for account in "abcdefgh":
                await client.ask(Add(account=account, amount=1))
        asks = [client.publish(Add(account=a, amount=1)) for a in "abcdefgh" for _ in range(5)]
        await asyncio.gather(*asks)
        admin = AIOKafkaAdminClient(bootstrap_servers=corner.isolation.infra.kafka)
        await admin.start()
        places = [TopicPartition(topic, p) for p in range(4)]
        await admin.delete_records({p: RecordsToDelete(before_offset=-1) for p in places})
        await admin.close()
        missed = MISSED.labels("tally", "tally.commands")
        before = missed._value.get()
        async with running(corner):
            for account in "abcdefgh":
                await client.ask(Add(account=account, amount=1))
            assert missed._value.get() - before == 40


async def test_queries_that_hang_are_given_up_and_hold_up_no_others(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "PATIENCE", 0.3)
    async with running(corner) as service, corner.client() as client:
        await client.ask(Add(account="a", amount=1))
        async with service.pool.acquire() as conn, conn.transaction():
            await conn.execute("lock table tallies in access exclusive mode")
            hanging = [
                asyncio.create_task(client.ask(GetTotal(account="a"), timeout=2)) for _ in range(20)
            ]
            for told in await asyncio.gather(*hanging):
                assert isinstance(told, Refused)
                assert told.problems[0].code == "not_available"
        assert await client.ask(GetTotal(account="a")) == Total(account="a", total=1, version=1)
