"""What becomes of a record that cannot be taken: told to its sender where that is possible, or
parked, never both."""

from __future__ import annotations

from uuid import UUID

import pytest

from portal_client import Signer
from portal_contracts import envelope as e
from portal_runtime.domain.decision import Context
from portal_runtime.intake.arrival import origin_id
from portal_runtime.intake.incoming import Reader
from portal_runtime.security.principals import ServiceSigner
from portal_runtime.wire.encoding import derived_id
from tests.support.tally import Add
from tests.unit.runtime.intake.records import (
    ALICE,
    BODY,
    HERE,
    MID,
    NOW,
    Change,
    codes,
    kept,
    record,
    signed,
)

UNREADABLE: list[Change] = [
    {e.TIME: None},
    {e.TIME: b"yesterday"},
    {e.TIME: b"2026-11-24T00:00:00"},
    {e.TYPE: None},
    {e.TYPE: b"\xff\xfe"},
    {e.SOURCE: None},
    {e.SUBJECT: b"\xff"},
    {e.PRINCIPAL: b"\xff"},
    {e.CORRELATION: b"c" * 300},
    {e.CORRELATION: b"\xff"},
    {"notes": b"n" * 40_000},
]


@pytest.mark.parametrize("headers", UNREADABLE, ids=lambda h: f"{next(iter(h))}")
def test_who_can_be_answered_is_told_which_header_is_wrong(reader: Reader, headers: Change) -> None:
    arrival = reader.read(record(headers))
    assert (codes(arrival), arrival.poison) == (["bad_headers"], "")
    assert arrival.refusal is not None
    (problem,) = arrival.refusal.problems
    assert "header" in problem.message and "yesterday" not in problem.message
    assert arrival.asker is not None
    assert (arrival.asker.reply_to, arrival.asker.causation) == (HERE.decode(), MID)
    assert kept(arrival) == set(), "nobody vouches for the id"


@pytest.mark.parametrize("headers", UNREADABLE, ids=lambda h: f"{next(iter(h))}")
@pytest.mark.parametrize("nowhere", [None, b"evil/1", b"test.replies/x", b"test.replies", b"\xff"])
def test_who_cannot_be_answered_is_parked(
    reader: Reader, headers: Change, nowhere: bytes | None
) -> None:
    arrival = reader.read(record({**headers, e.REPLY_TO: nowhere}))
    assert arrival.refusal is None and arrival.poison
    assert kept(arrival) == {origin_id(arrival.record)}


@pytest.mark.parametrize(
    ("headers", "causation", "correlation"),
    [
        ({e.ID: b"17"}, "17", ""),
        ({e.ID: None, e.CORRELATION: b"mine"}, "", "mine"),
        ({e.ID: b"\xff", e.CORRELATION: b"mine"}, "", "mine"),
        ({e.ID: b"x" * 201, e.CORRELATION: b"mine"}, "", "mine"),
        ({e.ID: b"a\nb", e.CORRELATION: b"mine"}, "", "mine"),
    ],
)
def test_a_bad_id_is_answered_where_the_asker_can_tell_what_is_meant(
    reader: Reader, headers: Change, causation: str, correlation: str
) -> None:
    arrival = reader.read(record(headers))
    assert codes(arrival) == ["bad_headers"]
    assert arrival.asker is not None
    assert (arrival.asker.causation, arrival.asker.correlation) == (causation, correlation)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({e.ID: None}, "header ce_id is missing"),
        ({e.ID: b"\xff"}, "header ce_id is not UTF-8"),
        ({e.ID: None, e.CORRELATION: b"c" * 300}, "header ce_correlationid is longer"),
    ],
)
def test_an_answer_that_nobody_could_recognise_is_not_given(
    reader: Reader, headers: Change, reason: str
) -> None:
    arrival = reader.read(record(headers))
    assert arrival.refusal is None and arrival.poison.startswith(reason)


@pytest.mark.parametrize("body", [b"", None])
def test_an_empty_body_is_its_senders_fault(reader: Reader, body: bytes | None) -> None:
    arrival = reader.read(record({}, body))
    assert (codes(arrival), arrival.poison) == (["empty_body"], "")
    assert kept(arrival) == set()
    alone = reader.read(record({e.REPLY_TO: None}, body))
    assert (codes(alone), alone.poison) == ([], "the body is empty")
    event = reader.read(record({}, body, "tally.events"))
    assert (codes(event), event.poison) == ([], "the body is empty")


@pytest.mark.parametrize("reply_to", [HERE, None])
def test_an_unknown_type_is_told_to_nobody_unknown(reader: Reader, reply_to: bytes | None) -> None:
    arrival = reader.read(record({e.TYPE: b"tally.no.v1", e.REPLY_TO: reply_to}))
    assert (codes(arrival), arrival.poison) == (["not_authenticated"], "")
    assert kept(arrival) == set()


def test_an_unknown_type_is_told_to_who_signed_it(reader: Reader, signer: Signer) -> None:
    arrival = reader.read(signed(signer, b"{}", "tally.no.v1"))
    assert (codes(arrival), arrival.poison) == (["unknown_type"], "")
    assert kept(arrival) == set(), "the next release may know the type"


def test_an_unknown_type_that_nobody_waits_for_is_parked_under_its_id(
    reader: Reader, signer: Signer
) -> None:
    arrival = reader.read(signed(signer, b"{}", "tally.no.v1", reply_to=None))
    assert (codes(arrival), arrival.poison) == ([], "the type of the message is not known here")
    assert kept(arrival) == {UUID(MID)}
    assert arrival.hash and arrival.principal == ALICE


def test_nobody_takes_the_ids_of_what_will_follow(
    reader: Reader, signer: Signer, services: ServiceSigner
) -> None:
    """Else an event or a timer of another's message would be taken for seen, and dropped."""
    cause = UUID(MID)
    told = Context(NOW, cause, ALICE, MID, NOW)
    for mid in (derived_id(cause, 0, "tally"), str(told.derive("timer:x"))):
        arrival = reader.read(signed(signer, BODY, mid=mid))
        assert codes(arrival) == ["reserved_id"]
        assert kept(arrival) == set()
        own = services.sign(mid, Add.TYPE, "a", BODY, int(NOW.timestamp()))
        sent: Change = {e.ID: mid.encode(), e.PRINCIPAL: own, e.REPLY_TO: None}
        assert "reserved_id" not in codes(reader.read(record(sent)))
    assert reader.read(signed(signer, BODY)).message is not None


def test_what_is_no_json_is_refused_and_not_parked(reader: Reader, signer: Signer) -> None:
    arrival = reader.read(signed(signer, b"{not json"))
    assert (codes(arrival), arrival.poison) == (["not_json"], "")
    assert kept(arrival) == {UUID(MID)}
    alone = reader.read(signed(signer, b"{not json", reply_to=None))
    assert (codes(alone), alone.poison) == ([], "the body is not JSON")
