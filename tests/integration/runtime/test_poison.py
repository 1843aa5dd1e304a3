"""Bad messages in the middle of good ones: each is answered or parked, its neighbours unharmed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from structlog.testing import capture_logs

from portal_client import Signer
from portal_contracts.common import Parked, Refused
from portal_contracts.principal import Principal
from portal_runtime.process.running import Running
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
from portal_runtime.settings import RuntimeSettings
from portal_runtime.wire.outgoing import Publisher
from tests.integration.runtime.conftest import PROVIDER, Corner
from tests.support import tally
from tests.support.connections import acquired
from tests.support.tally import SERVICE, Add, Remind, Total, total

GOOD = ("ce_id", "ce_type", "ce_source", "ce_time")


def running(corner: Corner, **more: object) -> Running:
    return Running(SERVICE, RuntimeSettings(**corner.settings(**more)))


def header(name: str, value: bytes) -> list[tuple[str, bytes]]:
    base = {
        "ce_id": str(uuid4()).encode(),
        "ce_type": b"tally.add.v1",
        "ce_source": b"test",
        "ce_time": b"2026-11-24T00:00:00+00:00",
    }
    return list({**base, name: value}.items())


POISON: dict[str, tuple[bytes | None, list[tuple[str, bytes]], str]] = {
    "header not UTF-8": (b"{}", header("ce_type", b"\xff\xfe"), "header ce_type is not UTF-8"),
    "no id": (b"{}", [("ce_type", b"tally.add.v1")], "header ce_id is missing"),
    "id no UUID": (b"{}", header("ce_id", b"17"), "header ce_id is not a UUID"),
    "time without zone": (
        b"{}",
        header("ce_time", b"2026-11-24T00:00:00"),
        "header ce_time is not an RFC 3339 time with time zone",
    ),
    "huge header": (b"{}", header("x", b"y" * 40_000), "the headers are larger than"),
    "long correlation": (
        b"{}",
        header("ce_correlationid", b"c" * 300),
        "header ce_correlationid is longer",
    ),
    "answer to a stranger": (b"", header("reply_to", b"claims.events/0"), "the body is empty"),
    "answer to no number": (b"", header("reply_to", b"{replies}/" + b"9" * 5000), "the body is"),
    "tombstone": (None, header("x", b""), "the body is empty"),
    "a name with NUL": (b"", header("x\0", b""), "the body is empty"),
}


async def test_what_cannot_be_read_is_parked_and_the_rest_goes_on(corner: Corner) -> None:
    topic = corner.isolation.topic("tally.commands")
    producer = AIOKafkaProducer(bootstrap_servers=corner.isolation.infra.kafka)
    await producer.start()
    async with corner.client() as client:
        before = [asyncio.create_task(client.ask(Add(account="a", amount=1))) for _ in range(20)]
        await asyncio.sleep(0.2)
        replies_topic = corner.isolation.topic("test.replies").encode()
        for body, headers, _ in POISON.values():
            real = [(n, v.replace(b"{replies}", replies_topic)) for n, v in headers]
            await producer.send_and_wait(topic, body, key=b"a", headers=real)
        after = [asyncio.create_task(client.ask(Add(account="a", amount=1))) for _ in range(20)]
        await asyncio.sleep(0.2)
        with capture_logs() as said:
            async with running(corner):
                replies = await asyncio.gather(*before, *after)
    await producer.stop()
    assert [total(r).version for r in replies] == list(range(1, 41))
    told = [line for line in said if line["event"].startswith("messages parked")]
    assert sum(line["count"] for line in told) == len(POISON)
    assert all(line["first"].startswith(f"{topic}/") and line["reason"] for line in told)
    rows = await corner.rows('select reason, header_names from parked order by "offset"')
    for row, (_, _, reason) in zip(rows, POISON.values(), strict=True):
        assert row["reason"].startswith((reason, "saving it failed"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{not json", "not_json"),
        (b"", "empty_body"),
        (b'{"account": "a", "amount": NaN}', None),
        (b'{"account": "a", "amount": 1e400}', None),
        (b'{"account": "a"}', "missing"),
        (b'{"account": "a", "amount": 1, "extra": 1}', None),
        (b"[" * 5000, "not_json"),
        (b'{"account": "a", "amount": 1, "label": "\\u0000"}', "control_character"),
        (b'{"account": "b", "amount": 1}', "wrong_key"),
        (b'{"account": "a", "amount": 1, "label": "%s"}' % (b"x" * 950_000), "too_large"),
    ],
)
async def test_a_body_that_cannot_be_accepted_is_answered(
    corner: Corner, body: bytes, code: str | None
) -> None:
    async with running(corner), corner.client() as client:
        reply = await client.ask_raw("tally.add.v1", "a", body)
        assert isinstance(reply, Refused)
        assert code in (None, reply.problems[0].code)
        assert await corner.rows("select reason from parked") == [], "told, so not parked too"
        assert await client.ask(Add(account="a", amount=1)) == Total(
            account="a", total=1, version=1
        )


async def test_what_the_database_cannot_hold_is_found_and_parked(corner: Corner) -> None:
    async with corner.client() as client:
        asks = [
            asyncio.create_task(
                client.ask(Add(account=f"a{i % 3}", amount=1, label="x"))
                if i != 17
                else client.ask(Add(account="rich", amount=2**36))
            )
            for i in range(40)
        ]
        await asyncio.sleep(0.3)
        async with running(corner):
            replies = await asyncio.gather(*asks)
    assert isinstance(replies[17], Parked)
    assert sum(isinstance(r, Total) for r in replies) == 39
    assert [r["reason"] for r in await corner.rows("select reason from parked")] == [
        "saving it failed: a value is such that PostgreSQL cannot hold it (SQLSTATE 22000)"
    ]


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


async def test_what_was_sent_before_the_inbox_remembers_is_not_decided_again(
    corner: Corner,
) -> None:
    async with running(corner, remember_days=1) as service, corner.client() as client:
        mid = uuid4()
        first = await client.ask(Add(account="a", amount=1), message_id=mid)
        assert first == Total(account="a", total=1, version=1)
        await service.pool.execute("delete from inbox")  # as after the time it remembers
        real = service.clock.real
        service.clock.real = lambda: real() + timedelta(days=1, minutes=1)  # type: ignore[method-assign]
        again = await client.ask(Add(account="a", amount=1), message_id=mid)
        assert isinstance(again, Refused)
        assert again.problems[0].code == "too_old"
        service.clock.real = real  # type: ignore[method-assign]
        assert await client.ask(Add(account="a", amount=1)) == Total(
            account="a", total=2, version=2
        )


async def _eventually_parked(corner: Corner, mid: UUID, attempts: int) -> str:
    for _ in range(100):
        rows = await corner.rows(
            "select reason from parked where message_id = $1 and attempts = $2", mid, attempts
        )
        if rows:
            return str(rows[0]["reason"])
        await asyncio.sleep(0.1)
    raise AssertionError("the replayed message did not come back")


class _Forger(Signer):
    """Signs for another message than the one it is asked to sign."""

    def sign(self, principal: Principal, **parts: Any) -> str:
        return super().sign(principal, **{**parts, "key": "another"})


async def test_a_principal_that_does_not_fit_is_refused(corner: Corner) -> None:
    good = Signer.from_file(corner.keys / "demo-provider.private.pem", "demo-provider")
    staff = Principal(subject="user-2", role="plan_staff")
    service = Principal(subject="service:claims", role="service")
    async with running(corner), corner.client() as client:
        copied = client.acting_as(PROVIDER, _Forger(good._key, "demo-provider"))
        unknown = client.acting_as(PROVIDER, Signer(good._key, "nobody"))
        other_key = client.acting_as(PROVIDER, Signer(good._key, "demo-staff"))
        for asker in (copied, unknown, other_key):
            reply = await asker.ask(Add(account="a", amount=1))
            assert isinstance(reply, Refused)
            assert reply.problems[0].code == "not_authenticated"
        desk = Signer.from_file(corner.keys / "demo-staff.private.pem", "demo-staff")
        wrong_role = await client.acting_as(staff, desk).ask(Add(account="a", amount=1))
        assert isinstance(wrong_role, Refused)
        assert wrong_role.problems[0].code == "forbidden"
        posing = await client.acting_as(service).ask(Remind(account="a"))
        assert isinstance(posing, Refused)
        assert posing.problems[0].code == "not_authenticated"


async def test_one_id_three_times_in_one_batch_has_one_effect_and_three_answers(
    corner: Corner,
) -> None:
    mid = uuid4()
    async with corner.client() as one, corner.client() as two, corner.client() as three:
        asks = [
            asyncio.create_task(c.ask(Add(account="a", amount=1), message_id=mid, timeout=60))
            for c in (one, two, three)
        ]
        await asyncio.sleep(0.5)
        async with running(corner):
            replies = await asyncio.gather(*asks)
    assert replies == [Total(account="a", total=1, version=1)] * 3
    assert (await corner.rows("select count(*) from journal"))[0][0] == 1


async def test_a_message_outside_the_partition_of_its_key_is_refused(corner: Corner) -> None:
    """As librdkafka's own partitioner would place it."""
    signer = Signer.from_file(corner.keys / "demo-provider.private.pem", "demo-provider")
    command, mid = Add(account="a", amount=1), uuid4()
    body, now = command.model_dump_json().encode(), datetime.now(UTC)
    token = signer.sign(
        PROVIDER,
        message_id=str(mid),
        type=command.TYPE,
        key="a",
        body=body,
        issued_at=int(now.timestamp()),
    )
    headers = header("principal", token.encode())
    headers = [(n, v) for n, v in headers if n not in ("ce_id", "ce_time")]
    headers += [("ce_id", str(mid).encode()), ("ce_time", now.isoformat().encode())]
    topic = corner.isolation.topic("tally.commands")
    async with running(corner), corner.client() as client:
        producer = AIOKafkaProducer(bootstrap_servers=corner.isolation.infra.kafka)
        await producer.start()
        for partition in range(4):  # one of them is the right one
            await producer.send_and_wait(
                topic, body, key=b"a", headers=headers, partition=partition
            )
        await producer.stop()
        assert await client.ask(Add(account="a", amount=1)) == Total(
            account="a", total=2, version=2
        )
