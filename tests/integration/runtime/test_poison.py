"""Bad messages in the middle of good ones: each is answered or parked, its neighbours unharmed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from structlog.testing import capture_logs

from portal_client import Signer
from portal_contracts.common import Parked, Refused
from portal_contracts.principal import Principal
from tests.integration.runtime.conftest import PROVIDER, Corner, header, running
from tests.support.tally import Add, Remind, Total, total

GOOD = ("ce_id", "ce_type", "ce_source", "ce_time")
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
