"""Whatever comes is answered where that can be, or parked."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal_contracts import envelope as e
from portal_contracts.envelope import Envelope
from portal_runtime.deciding.parking import content_of
from portal_runtime.deciding.produced import Answer
from portal_runtime.intake.asker import Asker
from portal_runtime.intake.incoming import Reader
from portal_runtime.publishing.replies import REPLY
from portal_runtime.wire.encoding import derived_id
from tests.unit.runtime.intake.records import (
    DESK,
    HERE,
    MID,
    NOW,
    record,
)

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
