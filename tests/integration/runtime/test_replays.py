"""Parked messages are replayed: once, in order, by one at a time."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from portal_contracts.common import Parked
from portal_runtime.recovery import dead_letters as deadletters
from portal_runtime.recovery.dead_letters import (
    list_keys,
    list_parked,
    look_at,
    of_key,
    replay,
    starting_with,
)
from portal_runtime.recovery.kafka_log import chunks, reading
from portal_runtime.wire.outgoing import Publisher
from tests.integration.runtime.conftest import Corner, running
from tests.support import tally
from tests.support.connections import acquired
from tests.support.tally import Add, Total


async def test_a_parked_message_is_replayed_once(corner: Corner) -> None:
    async with running(corner) as service, corner.client() as client:
        mid = uuid4()
        assert isinstance(await client.ask(Add(account="a", amount=13), message_id=mid), Parked)
        publisher = Publisher(corner.isolation.infra.kafka)
        await publisher.start()
        async with acquired(service.pool) as conn:
            (parked,) = await list_parked(conn)
            assert parked.message_id == mid
            shown = await look_at(conn, parked.id)
            assert shown and ("ce_type", "tally.add.v1") in shown.headers
            assert shown.signed_by == "provider user-1"
            assert not any("." in v for n, v in shown.headers if n == "principal"), "no token"
            assert await look_at(conn, uuid4()) is None, "no such message"
            assert await starting_with(conn, str(parked.id)[:8]) == [parked.id]
            assert await starting_with(conn, str(mid)) == [parked.id], "the sender's reference"
            assert await starting_with(conn, "no-id") == []
            assert await replay(conn, publisher, [parked.id]) == 1
            assert await replay(conn, publisher, [parked.id]) == 0
        await publisher.stop()
        again = await _eventually_parked(corner, mid, attempts=2)
        assert again == "deciding it failed with RuntimeError"
        async with acquired(service.pool) as conn:
            (after,) = await list_parked(conn, everything=True)
            assert (after.id, after.origin, after.state) == (parked.id, parked.origin, "parked")
    letters = await dead_letters(corner)
    assert [letter["dlq_attempts"] for letter in letters] == [b"1", b"2"]
    assert {letter["dlq_reason"] for letter in letters} == {again.encode()}
    assert {letter["dlq_origin"] for letter in letters} == {parked.origin.encode()}


async def dead_letters(corner: Corner) -> list[dict[str, bytes]]:
    """The headers of all dead letters, in their order."""
    place = TopicPartition(corner.isolation.topic("tally.dead-letters"), 0)
    async with reading(corner.isolation.infra.kafka) as consumer:
        ends = await consumer.end_offsets([place])
        return [
            dict(record.headers)
            async for records in chunks(consumer, {place: 0}, ends)
            for record in records
        ]


async def test_a_replay_that_was_interrupted_does_nothing_twice(corner: Corner) -> None:
    """The operator's process died after sending: the inbox knows the message, its row does not."""
    async with running(corner) as service, corner.client() as client:
        mid = uuid4()
        await client.ask(Add(account="a", amount=13), message_id=mid)
        async with acquired(service.pool) as conn:
            (parked,) = await list_parked(conn)
            # What the first replay did, with the fault mended meanwhile.
            body = Add(account="a", amount=5).model_dump_json().encode()
            await conn.execute("update parked set state = 'replaying', value = $1", body)
            publisher = Publisher(corner.isolation.infra.kafka)
            await publisher.start()
            assert await replay(conn, publisher, [parked.id]) == 1
            await publisher.stop()
        again = await client.ask(Add(account="a", amount=1))
        assert again == Total(account="a", total=1, version=1)


async def test_replayed_poison_without_an_id_is_not_parked_anew_by_its_first_place(
    corner: Corner,
) -> None:
    """It is known by its place, and its replay stands at another one."""
    topic = corner.isolation.topic("tally.commands")
    async with corner.client() as client:
        async with running(corner) as service:
            producer = AIOKafkaProducer(bootstrap_servers=corner.isolation.infra.kafka)
            await producer.start()
            await producer.send_and_wait(topic, b"{}", key=b"a", headers=[])
            await producer.stop()
            await client.ask(Add(account="a", amount=1))
            publisher = Publisher(corner.isolation.infra.kafka)
            await publisher.start()
            async with acquired(service.pool) as conn:
                (parked,) = await list_parked(conn)
                assert await replay(conn, publisher, [parked.id]) == 1
            await publisher.stop()
            await client.ask(Add(account="a", amount=1))
        # A group that nobody knows reads from the beginning.
        async with running(corner, group_suffix=f"{corner.isolation.group_suffix}.again"):
            assert await client.ask(Add(account="a", amount=1)) == Total(
                account="a", total=3, version=3
            )
    (row,) = await corner.rows("select id, message_id, state, attempts from parked")
    assert (row["id"], row["message_id"]) == (parked.id, parked.message_id), "the same ids"
    assert (row["state"], row["attempts"]) == ("parked", 2)


async def test_parked_keys_are_shown_and_replayed_in_order_by_one_at_a_time(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadletters, "AT_ONCE", 2)
    async with running(corner) as service, corner.client() as client:
        for account, label in (("a", "1"), ("b", "x"), ("a", "2"), ("a", "3")):
            await client.ask(Add(account=account, amount=13, label=label))
        await client.ask(Add(account="a", amount=1))
        publisher = Publisher(corner.isolation.infra.kafka)
        await publisher.start()
        async with acquired(service.pool) as conn, acquired(service.pool) as other:
            a, b = await list_keys(conn)
            assert (a.parked, a.went_on, b.parked, b.went_on) == (3, 1, 1, 0)
            assert "a" != a.mark != b.mark
            await other.execute("select pg_advisory_lock($1)", deadletters.REPLAYING)
            ids = await of_key(conn, a.mark)
            with pytest.raises(deadletters.Busy):
                await replay(conn, publisher, ids)
            await other.execute("select pg_advisory_unlock($1)", deadletters.REPLAYING)
            # With the fault mended, they are decided in the order in which they came.
            monkeypatch.setattr(tally, "FAULTY", frozenset())
            assert await replay(conn, publisher, ids) == 3
            assert await replay(conn, publisher, ids) == 0
        await publisher.stop()
        reply = await client.ask(Add(account="a", amount=1, label="last"))
        assert reply == Total(account="a", total=1 + 3 * 13 + 1, version=5)
    labels = await corner.rows(
        "select convert_from(value, 'utf8')::json->>'label' as label from parked p "
        "join inbox i on i.id = p.message_id join batches b on b.id = i.batch "
        "where state = 'replayed' order by b.id, p.at, p.\"offset\""
    )
    assert [r["label"] for r in labels] == ["1", "2", "3"]


async def _eventually_parked(corner: Corner, mid: UUID, attempts: int) -> str:
    for _ in range(100):
        rows = await corner.rows(
            "select reason from parked where message_id = $1 and attempts = $2", mid, attempts
        )
        if rows:
            return str(rows[0]["reason"])
        await asyncio.sleep(0.1)
    raise AssertionError("the replayed message did not come back")
