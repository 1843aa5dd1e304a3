"""A fault of the sender is told to the sender and nobody else; what cannot be told is parked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client import REGISTRY

from portal_client import PortalClient
from portal_contracts.common import Refused
from portal_runtime.access.access_log import Chain
from portal_runtime.deciding import parking
from portal_runtime.errors import Conflict
from portal_runtime.queries import answering
from portal_runtime.recovery import dead_letters as deadletters
from portal_runtime.wire.outgoing import Publisher
from tests.integration.runtime.conftest import Corner, header, running
from tests.support.connections import acquired
from tests.support.tally import Add, GetTotal, Total

ADD = b'{"account": "a", "amount": 1}'
HEADERS: dict[str, dict[str, str]] = {
    "no time": {"ce_time": ""},
    "an ill-formed time": {"ce_time": "yesterday"},
    "a time without zone": {"ce_time": "2026-11-24T00:00:00"},
    "no type": {"ce_type": ""},
    "no source": {"ce_source": ""},
    "too large": {"notes": "n" * 40_000},
    "an id that is none": {"ce_id": "17"},
    "no id": {"ce_id": ""},
}


async def ask(client: PortalClient, kind: str, **more: Any) -> str:
    """The code of the refusal of a good command or query with other headers or another body."""
    type_, key, body = {
        "command": ("tally.add.v1", "a", ADD),
        "query": ("tally.get_total.v1", "", b'{"account": "a"}'),
    }[kind]
    given = {"type_name": type_, "key": key, "body": body, "kind": kind, **more}
    reply = await client.ask_raw(**given)
    assert isinstance(reply, Refused)
    return reply.problems[0].code


async def nothing_kept(corner: Corner) -> bool:
    counts = await corner.rows(
        "select (select count(*) from parked), (select count(*) from inbox), "
        "(select count(*) from access_log)"
    )
    return tuple(counts[0]) == (0, 0, 0)


def refused(topic: str, code: str) -> float:
    labels = {"service": "tally", "topic": topic, "code": code}
    return REGISTRY.get_sample_value("portal_refused_total", labels) or 0.0


@pytest.mark.parametrize("kind", ["command", "query"])
async def test_headers_that_cannot_be_read_are_told(corner: Corner, kind: str) -> None:
    """By the client's own correlation, also without an id that is one."""
    before = refused("tally.commands", "bad_headers")
    async with running(corner), corner.client() as client:
        for wrong, headers in HEADERS.items():
            assert await ask(client, kind, headers=headers) == "bad_headers", wrong
        assert await nothing_kept(corner)
    if kind == "command":
        assert refused("tally.commands", "bad_headers") == before + len(HEADERS)


@pytest.mark.parametrize("kind", ["command", "query"])
async def test_an_empty_body_and_an_unknown_type_are_told(corner: Corner, kind: str) -> None:
    unknown = {"type_name": "tally.no.v1"}
    async with running(corner), corner.client() as client:
        assert await ask(client, kind, body=b"") == "empty_body"
        assert await ask(client, kind, **unknown) == "unknown_type"
        unsigned = {**unknown, "headers": {"principal": ""}}
        assert await ask(client, kind, **unsigned) == "not_authenticated"
        assert await nothing_kept(corner)


async def test_a_query_that_fails_is_told_so(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that was answered, and whose look could not be recorded."""

    async def unrecorded(self: Chain, *_: Any) -> None:
        raise Conflict("access_log")

    async def fails(self: Any, *_: Any) -> None:
        raise KeyError("M1000001")

    async with running(corner), corner.client() as client:
        assert isinstance(await client.ask(GetTotal(account="a")), Total)
        for where, name, broken in (
            (Chain, "append", unrecorded),
            (answering.Answering, "_reply", fails),
        ):
            with monkeypatch.context() as patch:
                patch.setattr(where, name, broken)
                assert await ask(client, "query") == "not_available"
        assert isinstance(await client.ask(GetTotal(account="a")), Total)


async def garbage(corner: Corner, count: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=corner.isolation.infra.kafka)
    await producer.start()
    topic = corner.isolation.topic("tally.commands")
    for n in range(count):
        await producer.send_and_wait(topic, b"%d" % n, key=b"a", headers=[("who", b"Jane Doe")])
    await producer.stop()


async def test_of_what_nobody_vouches_for_so_much_is_kept_and_all_is_seen(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parking, "KEPT", 3)
    reason = "header ce_id is missing"
    async with running(corner) as service, corner.client() as client:
        await garbage(corner, 5)
        await client.ask(Add(account="a", amount=13))
        async with acquired(service.pool) as conn, Publisher(corner.isolation.infra.kafka) as p:
            parked = await deadletters.list_parked(conn)
            assert [one.whole for one in parked] == [True] * 3 + [False] * 2 + [True]
            assert [one.size for one in parked[:5]] == [1, 1, 1, 0, 0]
            assert len(await deadletters.list_parked(conn, limit=2)) == 2
            counted = await deadletters.list_reasons(conn)
            assert [(r.reason, r.type, r.parked) for r in counted] == [
                (reason, None, 5),
                ("deciding it failed with RuntimeError", "tally.add.v1", 1),
            ]
            shown = await deadletters.look_at(conn, parked[0].id)
            assert shown is not None and shown.signed_by == f"nobody: {reason}"
            assert shown.headers == [("who", "(8 bytes, not shown)")]
            ids = await deadletters.of_reason(conn, reason)
            assert await deadletters.replay(conn, p, ids) == 3
            await client.ask(Add(account="a", amount=1))
            again = await deadletters.list_parked(conn)
            assert [(one.id, one.message_id, one.origin) for one in again] == [
                (one.id, one.message_id, one.origin) for one in parked
            ], "each in its row"
            assert [one.attempts for one in again] == [2, 2, 2, 1, 1, 1]
            assert await deadletters.of_reason(conn, reason, "tally.add.v1") == []
            assert len(await deadletters.of_reason(conn, "", "tally.add.v1")) == 1
            assert await deadletters.discard(conn, ids) == 5
            (left,) = await deadletters.list_parked(conn)
            assert left.type == "tally.add.v1"


async def test_a_replay_is_not_noted_as_sent_when_it_was_parked_again_meanwhile(
    corner: Corner,
) -> None:
    """The service may be quicker than the operator's process."""

    class Slow(Publisher):
        async def publish(self, records: Any) -> None:
            await super().publish(records)
            async with asyncio.timeout(20):
                while (await corner.rows("select attempts from parked"))[0]["attempts"] < 2:
                    await asyncio.sleep(0.05)

    async with running(corner) as service, corner.client() as client:
        await client.ask(Add(account="a", amount=13))
        async with acquired(service.pool) as conn, Slow(corner.isolation.infra.kafka) as slow:
            (parked,) = await deadletters.list_parked(conn)
            assert await deadletters.replay(conn, slow, [parked.id]) == 1
            (after,) = await deadletters.list_parked(conn)
            assert (after.id, after.state, after.attempts) == (parked.id, "parked", 2)


async def test_a_name_that_the_database_cannot_hold_is_parked_by_its_place(corner: Corner) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=corner.isolation.infra.kafka)
    await producer.start()
    async with running(corner) as service, corner.client() as client:
        await producer.send_and_wait(
            corner.isolation.topic("tally.commands"), b"x", key=b"a", headers=header("x\0", b"")[4:]
        )
        await client.ask(Add(account="a", amount=1))
        async with acquired(service.pool) as conn, Publisher(corner.isolation.infra.kafka) as p:
            (parked,) = await deadletters.list_parked(conn)
            assert (parked.whole, parked.size) == (False, 0)
            assert await deadletters.replay(conn, p, [parked.id]) == 0, "there is nothing to send"
    await producer.stop()


async def test_what_nobody_would_believe_any_more_stays_parked(corner: Corner) -> None:
    """Signatures are believed for as long as their topic keeps messages; this one was parked 15
    days ago."""
    async with running(corner) as service, corner.client() as client:
        await client.ask(Add(account="a", amount=13))
        async with acquired(service.pool) as conn, Publisher(corner.isolation.infra.kafka) as p:
            await conn.execute("update parked set at = at - interval '15 days'")
            (parked,) = await deadletters.list_parked(conn)
            assert await deadletters.replay(conn, p, [parked.id]) == 0
            assert [(m.id, m.state) for m in await deadletters.list_parked(conn)] == [
                (parked.id, "parked")
            ]
