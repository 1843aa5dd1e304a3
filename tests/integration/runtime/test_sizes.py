"""Fault 17: what is too large for Kafka is left out and said; its neighbours arrive."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from portal_client import PortalClient
from portal_contracts.base import Reply
from portal_contracts.common import Refused
from portal_runtime.deciding.produced import Produced
from portal_runtime.observing.metrics import LEFT_OUT
from portal_runtime.publishing import replies
from portal_runtime.publishing.outbox import Outbox
from portal_runtime.wire.outgoing import Outgoing, Publisher
from tests.integration.runtime.conftest import Corner, running
from tests.integration.runtime.test_crashes import events
from tests.support.tally import Add, GetTotal, Total

TOO_LARGE = 1_100_000


async def test_a_record_that_is_too_large_does_not_hold_up_its_partition(corner: Corner) -> None:
    topic = corner.isolation.topic("tally.events")
    sizes = [10, TOO_LARGE, 20, replies.LARGEST, TOO_LARGE, 30]
    left_out = LEFT_OUT.labels("sizes")._value
    async with Publisher(corner.isolation.infra.kafka, "sizes") as publisher, asyncio.timeout(30):
        await publisher.publish([Outgoing(topic, b"a", b"x" * n, [], 0) for n in sizes])
        assert publisher.trouble == ""
    assert await sizes_in(corner, TopicPartition(topic, 0)) == [10, 20, replies.LARGEST, 30]
    assert left_out.get() == 2


async def sizes_in(corner: Corner, place: TopicPartition) -> list[int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=corner.isolation.infra.kafka)
    await consumer.start()
    try:
        consumer.assign([place])
        await consumer.seek_to_beginning(place)
        end, found = (await consumer.end_offsets([place]))[place], []
        while await consumer.position(place) < end:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [len(r.value) for r in records]
        return found
    finally:
        await consumer.stop()


async def test_one_big_row_never_wedges_the_outbox(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Outbox._record

    def swelling(self: Outbox, p: Produced, at: datetime) -> Outgoing:
        made = record(self, p, at)
        if p.subject == "big":
            made.value = b" " * TOO_LARGE
        return made

    monkeypatch.setattr(Outbox, "_record", swelling)
    before = LEFT_OUT.labels("tally")._value.get()
    accounts = [*"abcdefgh", "big", *"abcdefgh"]
    async with running(corner) as service, corner.client() as client:
        asks = [client.ask(Add(account=a, amount=1), timeout=60) for a in accounts]
        assert all(isinstance(r, Total) for r in await asyncio.gather(*asks))
        for _ in range(100):
            if not await corner.rows("select 1 from batches where not published"):
                break
            await asyncio.sleep(0.1)
        assert await corner.rows("select 1 from batches where not published") == []
        assert service.broken() == ""
    assert sorted(account for account, _ in await events(corner)) == sorted(2 * "abcdefgh")
    assert LEFT_OUT.labels("tally")._value.get() - before == 1
    held = await corner.rows("select body from journal where subject = 'big'")
    assert len(held) == 1, "what was decided is in the journal"


async def test_whoever_asks_for_too_much_is_told_and_neighbours_get_their_answers(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "LARGEST", 1_000)
    long = "l" * 1_000
    async with running(corner), corner.client() as client:
        answers = await asyncio.gather(
            *(ask(client, account) for account in ("a", long, "b", long, "c"))
        )
        assert [told(a) for a in answers] == ["1", "too large", "1", "too large", "1"]
        looked = await client.ask(GetTotal(account=long))
        assert told(looked) == "too large"
        assert told(await client.ask(GetTotal(account="a"))) == "1"
    totals = await corner.rows("select total from tallies order by account")
    assert [row[0] for row in totals] == [1, 1, 1, 2], "the command was decided all the same"


async def ask(client: PortalClient, account: str) -> Reply:
    return await client.ask(Add(account=account, amount=1), timeout=60)


def told(reply: Reply) -> str:
    if isinstance(reply, Refused):
        assert [p.code for p in reply.problems] == ["answer_too_large"]
        return "too large"
    assert isinstance(reply, Total)
    return str(reply.total)
