"""The recipe for a batch, in one process: answers, idempotency, order, poison, timers, queries."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from portal_contracts.common import Parked, Refused
from portal_runtime.process.running import Running
from portal_runtime.settings import RuntimeSettings
from tests.integration.runtime.conftest import Corner
from tests.support.tally import SERVICE, Add, GetTotal, Total, total


def running(corner: Corner, **more: object) -> Running:
    return Running(SERVICE, RuntimeSettings(**corner.settings(**more)))


async def test_a_command_is_answered_and_its_event_published(corner: Corner) -> None:
    async with running(corner), corner.client() as client:
        reply = await client.ask(Add(account="a", amount=5))
        assert reply == Total(account="a", total=5, version=1)
        assert await client.ask(GetTotal(account="a")) == Total(account="a", total=5, version=1)


async def test_what_can_wait_waits_for_what_its_own_consumer_decides(corner: Corner) -> None:
    """The consumer looks at the pipeline's own event; one that is always set would go unnoticed."""
    async with running(corner) as service:
        assert [p.fetching._decided for p in service.pipelines] == [
            p.decided for p in service.pipelines
        ]


async def test_asking_again_returns_the_first_answer(corner: Corner) -> None:
    async with running(corner), corner.client() as client:
        mid = uuid4()
        first = await client.ask(Add(account="a", amount=5), message_id=mid)
        await client.ask(Add(account="a", amount=1))
        again = await client.ask(Add(account="a", amount=5), message_id=mid)
        anew = b'{"amount": 5.0, "account": "a"}'
        also = await client.ask_raw(Add.TYPE, "a", anew, message_id=mid)
        other = await client.ask(Add(account="a", amount=6), message_id=mid)
        assert first == again == also == Total(account="a", total=5, version=1)
        assert isinstance(other, Refused)
        assert other.problems[0].code == "id_reused"


async def test_nothing_waits_to_be_published_when_all_is_answered(corner: Corner) -> None:
    """Also not a batch in which one message came again and the others had no consequences."""
    async with running(corner) as service, corner.client() as client:
        mid = uuid4()
        await client.ask(Add(account="a", amount=5), message_id=mid)
        again = client.ask(Add(account="a", amount=5), message_id=mid)
        await asyncio.gather(again, *(client.ask(Add(account="a", amount=-1)) for _ in range(50)))
        for pipeline in service.pipelines:
            await pipeline.drain(10)
        rows = await corner.rows("select count(*), count(*) filter (where published) from batches")
        assert rows[0][0] == rows[0][1] > 1


async def test_many_at_once_keep_their_order_and_lose_nothing(corner: Corner) -> None:
    async with running(corner), corner.client() as client:
        asks = [client.ask(Add(account=f"a{i % 7}", amount=1)) for i in range(700)]
        replies = [total(reply) for reply in await asyncio.gather(*asks)]
        for account in range(7):
            versions = [r.version for r in replies if r.account == f"a{account}"]
            assert versions == list(range(1, 101))


@pytest.mark.parametrize("amount", [13])
async def test_a_rule_that_raises_parks_its_message_only(corner: Corner, amount: int) -> None:
    async with running(corner), corner.client() as client:
        good, bad, also_good = await asyncio.gather(
            client.ask(Add(account="a", amount=1)),
            client.ask(Add(account="a", amount=amount)),
            client.ask(Add(account="a", amount=1)),
        )
        assert isinstance(good, Total)
        assert isinstance(bad, Parked)
        assert also_good == Total(account="a", total=2, version=2)
        rows = await corner.rows("select reason, attempts, state from parked")
        assert [tuple(r) for r in rows] == [("deciding it failed with RuntimeError", 1, "parked")]
