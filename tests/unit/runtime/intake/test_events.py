"""Events and commands, each where it does not belong."""

from __future__ import annotations

import pytest

from portal_client import Signer
from portal_contracts import envelope as e
from portal_runtime.intake.incoming import MAX_BODY, Reader
from portal_runtime.security.principals import ServiceSigner, Verifier
from tests.support.listening import SERVICE as LISTENING
from tests.support.tally import ROUTES, Add
from tests.unit.runtime.intake.records import (
    BODY,
    DESK,
    MID,
    NOW,
    codes,
    record,
    signed,
)


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
