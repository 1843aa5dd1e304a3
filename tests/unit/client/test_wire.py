"""Messages as records: headers, ids, partitions; and who waits for which answer."""

from datetime import UTC, datetime, timedelta

import pytest
from aiokafka.partitioner import DefaultPartitioner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal_client import NotConnected, Signer, UnreadableReply
from portal_client.replies import Pending
from portal_client.wire import Outgoing, new_id, partition, read_message
from portal_contracts import envelope
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.queries import GetClaim
from portal_contracts.common import Done, Refused
from portal_contracts.principal import Principal

SIGNER = Signer(Ed25519PrivateKey.generate(), "k")
STAFF = Principal(subject="s", role="plan_staff")
ORDER = ReadjudicateClaim(claim_number="CLM-1", cause="staff_request", reference="r")


def headers(message: Outgoing, patience: float | None = 20.0) -> dict[str, bytes]:
    return dict(
        message.headers(
            source="/portal/test",
            principal=STAFF,
            signer=SIGNER,
            reply_to="test.replies/3",
            patience=patience,
        )
    )


def test_the_services_understand_the_headers() -> None:
    outgoing = Outgoing.of(ORDER)
    understood = envelope.read_headers(headers(outgoing).items())
    assert (understood.id, understood.type) == (outgoing.id, ORDER.TYPE)
    assert understood.subject == "CLM-1"
    assert understood.correlation_id == str(outgoing.id)
    assert understood.reply_to == "test.replies/3"
    assert abs(understood.time - datetime.now(UTC)) < timedelta(seconds=5)


def test_only_queries_have_a_deadline() -> None:
    made = headers(Outgoing.of(GetClaim(claim_number="CLM-1")), 7)
    deadline = datetime.fromisoformat(made[envelope.DEADLINE].decode())
    assert deadline - datetime.fromisoformat(made[envelope.TIME].decode()) == timedelta(seconds=7)
    assert envelope.DEADLINE not in headers(Outgoing.of(ORDER), 7)


def test_given_headers_are_added_or_replace() -> None:
    made = headers(Outgoing.of(ORDER, headers={"traceparent": "00-1", "ce_correlationid": "c"}))
    assert (made["traceparent"], made["ce_correlationid"]) == (b"00-1", b"c")


def test_ids_rise_with_time() -> None:
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert {one.version for one in ids} == {7}


def test_keys_go_where_kafkas_default_sends_them() -> None:
    for n in range(300):
        key = f"key-{n}".encode()
        assert partition(key, range(8), range(8)) == DefaultPartitioner()(
            key, list(range(8)), list(range(8))
        )


def test_queries_have_no_key_and_spread() -> None:
    assert len({partition(b"", range(8), range(8)) for _ in range(300)}) == 8


def test_an_unknown_or_misshapen_message_says_so_without_its_values() -> None:
    with pytest.raises(UnreadableReply, match=r"claims\.new\.v9"):
        read_message("claims.new.v9", b"{}")
    with pytest.raises(UnreadableReply) as caught:
        read_message(Refused.TYPE, b'{"problems": "SECRET"}')
    assert "SECRET" not in str(caught.value)


def answer(message_id: str, reply: str = "done") -> tuple[list[tuple[str, bytes]], bytes]:
    made = [(envelope.TYPE, Done.TYPE.encode()), (envelope.CAUSATION, message_id.encode())]
    return made, Done(reference=reply).model_dump_json().encode()


async def test_answers_nobody_waits_for_are_dropped() -> None:
    pending = Pending(1)
    pending.receive(*answer("nobody"))
    pending.receive([], b"")
    waiting = pending.expect("me")
    pending.receive(*answer("me", "mine"))
    pending.receive(*answer("me", "late"))
    assert await waiting == Done(reference="mine")
    assert len(pending) == 0


async def test_a_lost_connection_ends_the_waiting() -> None:
    pending = Pending(1)
    waiting = pending.expect("me")
    pending.fail(NotConnected("gone"))
    with pytest.raises(NotConnected):
        await waiting
    with pytest.raises(NotConnected):
        pending.expect("somebody later")


async def test_what_is_forgotten_leaves_nothing_behind() -> None:
    pending = Pending(1)
    waiting = pending.expect("me")
    pending.forget("me", waiting)
    pending.forget("me", waiting)
    assert len(pending) == 0
