"""What becomes of a record that cannot be taken: told to its sender where that is possible, or
parked, never both."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal_client import Signer
from portal_contracts import envelope as e
from portal_contracts.envelope import Envelope
from portal_contracts.principal import Principal
from portal_runtime.deciding.batch import Batch
from portal_runtime.deciding.parking import content_of
from portal_runtime.deciding.produced import Answer
from portal_runtime.domain.decision import Context
from portal_runtime.intake.arrival import Arrival, origin_id
from portal_runtime.intake.asker import Asker
from portal_runtime.intake.incoming import MAX_BODY, Reader
from portal_runtime.publishing.replies import REPLY, ReplyDesk
from portal_runtime.security.keys import DEMO_ROLES
from portal_runtime.security.principals import ServiceSigner, Verifier, load_public_keys
from portal_runtime.wire.encoding import derived_id
from tests.support.listening import SERVICE as LISTENING
from tests.support.tally import ROUTES, Add

MID = "01890000-0000-7000-8000-000000000001"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BODY = b'{"account": "a", "amount": 1}'
ALICE = Principal(subject="alice", role="provider", tins=frozenset({"123456789"}))
DESK = ReplyDesk("tally", "", ("test.replies",))
HERE = b"test.replies/1"
Change = dict[str, bytes | None]


@pytest.fixture(scope="module")
def services(keys: Path) -> ServiceSigner:
    return ServiceSigner("tally", (keys / "services.private.pem").read_bytes(), "services")


@pytest.fixture(scope="module")
def verifier(keys: Path, services: ServiceSigner) -> Verifier:
    public = load_public_keys(keys)
    return Verifier(
        public, "tally", services.secret, frozenset({"services"}), DEMO_ROLES, lambda: NOW
    )


@pytest.fixture(scope="module")
def reader(verifier: Verifier) -> Reader:
    return Reader(ROUTES.deciding, verifier, serves=DESK.serves)


@pytest.fixture(scope="module")
def signer(keys: Path) -> Signer:
    return Signer.from_file(keys / "demo-provider.private.pem", "demo-provider")


def record(
    headers: Change, body: bytes | None = BODY, topic: str = "tally.commands", key: bytes = b"a"
) -> Any:
    good: Change = {
        e.ID: MID.encode(),
        e.TYPE: Add.TYPE.encode(),
        e.SOURCE: b"test",
        e.TIME: NOW.isoformat().encode(),
        e.REPLY_TO: HERE,
    }
    made = [(name, value) for name, value in (good | headers).items() if value is not None]
    return SimpleNamespace(
        topic=topic, partition=0, offset=7, key=key, value=body, headers=made, timestamp=0
    )


def signed(
    signer: Signer,
    body: bytes,
    type_: str = Add.TYPE,
    reply_to: bytes | None = HERE,
    mid: str = MID,
) -> Any:
    token = signer.sign(
        ALICE,
        message_id=mid,
        type=type_,
        key="a",
        body=body,
        issued_at=int(NOW.timestamp()),
        reply_to=(reply_to or b"").decode(),
    )
    own: Change = {
        e.ID: mid.encode(),
        e.PRINCIPAL: token.encode(),
        e.TYPE: type_.encode(),
        e.REPLY_TO: reply_to,
    }
    return record(own, body)


def codes(arrival: Arrival) -> list[str]:
    return [] if arrival.refusal is None else [p.code for p in arrival.refusal.problems]


def kept(arrival: Arrival) -> set[UUID]:
    """What the inbox would keep of it."""
    batch = Batch([arrival], NOW, service="tally")
    assert not list(batch.deciding({}))
    return set(batch.accepted)


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


def test_a_refused_order_of_a_service_is_seen(
    reader: Reader, services: ServiceSigner, signer: Signer
) -> None:
    """Its sender waits for no answer. A caller who wants none has only himself to blame."""
    body = b'{"account": 1, "amount": "x"}'
    token = services.sign(MID, Add.TYPE, "a", body, int(NOW.timestamp()))
    routes = {Add.TYPE: ROUTES.deciding["tally.remind.v1"]}
    own = Reader(routes, reader._verifier, serves=DESK.serves)
    arrival = own.read(record({e.PRINCIPAL: token, e.REPLY_TO: None}, body))
    assert arrival.refusal is None
    assert arrival.poison.startswith("a service ordered what the contract does not allow: ")
    theirs = reader.read(signed(signer, body, reply_to=None))
    assert theirs.refusal is not None and not theirs.poison


def test_an_event_that_is_too_large_is_parked(verifier: Verifier) -> None:
    """Nobody is told when an event is refused: it would be lost without a trace."""
    reader = Reader(LISTENING.routes.deciding, verifier, serves=DESK.serves)
    (type_,) = (t for t, r in LISTENING.routes.deciding.items() if r.type.KIND == "event")
    large = record({e.TYPE: type_.encode()}, b"x" * (MAX_BODY + 1), "other.events")
    arrival = reader.read(large)
    assert (codes(arrival), arrival.poison) == ([], "the event is larger than 400 KB")


@pytest.mark.parametrize("token", [True, False])
def test_an_event_among_the_commands_is_not_believed(
    verifier: Verifier, signer: Signer, token: bool
) -> None:
    """Every caller may write there, and nobody signs events."""
    reader = Reader(LISTENING.routes.deciding, verifier, serves=DESK.serves)
    body = b'{"account": "a", "version": 9}'
    plain = record({e.TYPE: b"other.said.v1"}, body)
    forged = signed(signer, body, "other.said.v1") if token else plain
    arrival = reader.read(forged)
    assert arrival.message is None and not arrival.poison
    assert codes(arrival) == ["not_authenticated"], "a token for tally is for its own types only"
    for topic, taken in (("other.events", True), ("claims.events", False)):
        told = reader.read(record({e.TYPE: b"other.said.v1"}, body, topic))
        assert (told.message is not None, codes(told), told.poison) == (taken, [], "")


def test_a_command_among_the_events_is_none(reader: Reader, signer: Signer) -> None:
    misplaced = signed(signer, BODY)
    misplaced.topic = "tally.events"
    arrival = reader.read(misplaced)
    assert (arrival.message, codes(arrival), arrival.poison) == (None, [], "")


NAMES = st.sampled_from(
    [e.ID, e.TYPE, e.SOURCE, e.TIME, e.REPLY_TO, e.CORRELATION, e.PRINCIPAL, "x"]
)
VALUES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([MID.encode(), HERE, b"tally.add.v1", b"17", NOW.isoformat().encode()]),
    st.integers(4000, 33_000).map(lambda n: b"test.replies/" + b"9" * n),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(NAMES, VALUES, max_size=8),
    st.one_of(st.none(), st.binary(max_size=60)),
    st.sampled_from(["tally.commands", "tally.events"]),
)
def test_whatever_comes_is_told_or_parked_and_its_answer_can_be_sent(
    reader: Reader, headers: dict[str, bytes], body: bytes | None, topic: str
) -> None:
    arrival = reader.read(record(dict(headers), body, topic))
    assert not (arrival.refusal and arrival.poison)
    if arrival.envelope is None:
        assert bool(arrival.refusal) != bool(arrival.poison)
    if topic.endswith(".events"):
        assert arrival.refusal is None
    answer = Answer("t", b"{}")
    if arrival.asker is not None:
        sent = DESK.tell(arrival.asker, answer, NOW)
        assert (sent is not None) == bool(arrival.refusal)
        assert sent is None or sum(len(n) + len(v) for n, v in sent.headers) < 2000
    elif arrival.envelope is not None:
        DESK.address(arrival.envelope, answer, NOW)


@pytest.mark.parametrize(
    "address",
    ["", "test.replies", "test.replies/", "test.replies/-1", "test.replies/1.0", "evil/1",
     "test.replies/" + "9" * 5000, "test.replies/9999999999", "test.replies/٣", "/1"],
)  # fmt: skip
def test_an_address_that_is_none_gets_nothing(address: str) -> None:
    """A number of 5,000 digits cannot even be read: it ended the service, again and again."""
    envelope = Envelope(UUID(MID), "t", NOW, "test", reply_to=address)
    assert not DESK.serves(address)
    assert DESK.address(envelope, Answer("t", b"{}"), NOW) is None


def test_an_answer_is_known_by_what_could_be_read() -> None:
    place = UUID(int=5)
    told = DESK.tell(Asker("test.replies/1", place, "17", ""), Answer("t", b"{}"), NOW)
    assert told is not None
    headers = dict(told.headers)
    assert (told.topic, told.partition, told.key) == ("test.replies", 1, b"17")
    assert headers[e.CAUSATION] == b"17" and e.CORRELATION not in headers
    assert headers[e.ID] == derived_id(place, REPLY, "tally").encode()


def test_a_replay_is_known_by_its_content_wherever_it_stands() -> None:
    one, empty = record({}), record({}, b"")
    again = record({})
    again.offset = 99
    assert content_of(one) == content_of(again)
    tombstone = record({}, None)
    assert content_of(empty) == content_of(tombstone), "a replay sends no tombstones"
    others = [record({e.SOURCE: b"x"}), record({}, b"{}"), record({}, key=b"b"), empty]
    assert len({content_of(r) for r in (one, *others)}) == 5
    moved = record({})
    moved.partition = 1
    assert content_of(moved) != content_of(one)
