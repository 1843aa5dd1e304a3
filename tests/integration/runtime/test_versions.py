"""Fault 28: during a rolling update, messages of the next and of the previous version come."""

from __future__ import annotations

import asyncio

from portal_contracts.common import Refused
from portal_contracts.topics import TopicSpec
from portal_runtime.process.running import Running
from portal_runtime.settings import RuntimeSettings
from tests.integration.runtime.conftest import Corner, running
from tests.support import listening
from tests.support.listening import Repeat, say
from tests.support.tally import Total, total

NEXT = b'{"account": "a", "version": 1, "note": "n", "since": {"day": "2026-11-25"}}'
PREVIOUS = b'{"account": "a", "version": 2}'


async def test_a_command_with_an_unknown_field_is_refused_and_one_without_an_optional_decided(
    corner: Corner,
) -> None:
    """A typing slip must be noticed, so services are updated before those who ask them."""
    async with running(corner), corner.client() as client:
        newer = b'{"account": "a", "amount": 1, "label": "x", "currency": {"code": "USD"}}'
        reply = await client.ask_raw("tally.add.v1", "a", newer)
        assert isinstance(reply, Refused)
        assert reply.problems[0].field == "currency"
        reply = await client.ask_raw("tally.add.v1", "a", b'{"account": "a", "amount": 1}')
        assert reply == Total(account="a", total=1, version=1)
    assert await corner.rows("select reason from parked") == []


async def test_an_event_of_the_next_and_of_the_previous_version_is_kept(corner: Corner) -> None:
    await corner.isolation.make_topics((TopicSpec("other.events", 2),))
    service = Running(listening.SERVICE, RuntimeSettings(**corner.settings()))
    async with service, corner.client() as client:
        for version, body in ((1, NEXT), (2, PREVIOUS)):
            await say(corner.isolation, "a", version, body)
            async with asyncio.timeout(20):
                while total(await client.ask(Repeat(account="a"), timeout=20)).version != version:
                    await asyncio.sleep(0.05)
    assert await corner.rows("select reason from parked") == []
