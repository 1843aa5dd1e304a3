"""An id belongs to what a message says, however its JSON is written; and to nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_contracts import envelope as e
from portal_contracts import topics
from portal_contracts.access import Grants
from portal_contracts.base import Command
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.common import Role
from portal_contracts.principal import Principal
from portal_runtime.deciding.batch import Batch, Seen
from portal_runtime.domain.decision import Decision
from portal_runtime.intake.arrival import Arrival
from portal_runtime.intake.fingerprint import same_message
from portal_runtime.intake.incoming import Reader
from portal_runtime.routes import on
from tests.contracts.mutations import mutated, places
from tests.support.anew import written_anew
from tools.contracts import files, schemas

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ID = UUID(int=7)
GRANTS: Grants = {"provider": "all", "plan_staff": "all"}
COMMANDS = {n: m for n, m in files.messages().items() if issubclass(m, Command)}
CLAIM = "claims.submit_professional_claim.v1"
GOLDEN = files.golden()
seeds = st.integers(0, 2**32)
PAID = ClaimAccepted(
    claim_number="CLM-1",
    status="paid",
    paid="120.00",
    patient_responsibility="0.00",
    patient_account="ACCT-1",
)


def golden(name: str, which: str = "full") -> bytes:
    return json.dumps(GOLDEN[name][which]).encode()


def reader(who: str, role: Role = "provider", *tins: str) -> Reader:
    asker = Principal(subject=who, role=role, tins=frozenset(tins))
    routes = {
        name: on(m, decide=lambda *_: Decision(reply=PAID), grants=GRANTS)
        for name, m in COMMANDS.items()
    }
    return Reader(routes, SimpleNamespace(verify=lambda *_: asker))  # type: ignore[arg-type]


ANA, BEN = reader("ana"), reader("ben")


def arrival(name: str, body: bytes, readers: Reader = ANA, key: str | None = None) -> Arrival:
    if key is None:
        try:
            key = COMMANDS[name].model_validate_json(body).key()
        except ValueError:
            key = ""
    names = (e.ID, str(ID)), (e.TYPE, name), (e.SOURCE, "test"), (e.TIME, NOW.isoformat())
    record: Any = SimpleNamespace(
        topic=f"{name.split('.')[0]}.commands",
        partition=0,
        offset=0,
        key=key.encode(),
        value=body,
        headers=[(header, value.encode()) for header, value in names],
        timestamp=0,
    )
    return readers.read(record)


def decided(*arrivals: Arrival, seen: dict[UUID, Seen] | None = None) -> Batch:
    batch = Batch(list(arrivals), NOW, service="claims")
    assert not list(batch.deciding(seen or {}))
    return batch


@pytest.mark.parametrize("name", sorted(COMMANDS))
@given(seed=seeds)
def test_every_command_written_anew_is_the_same(name: str, seed: int) -> None:
    random, body = Random(seed), golden(name)
    first, again = arrival(name, body), arrival(name, written_anew(body, random))
    assert first.message == again.message is not None
    assert same_message(first.hash, again.hash)
    assert len(first.hash) == 32


@given(seed=seeds)
def test_a_claim_that_says_something_else_is_another(seed: int) -> None:
    random, body = Random(seed), golden(CLAIM)
    other = arrival(CLAIM, json.dumps(mutated(random, json.loads(body), [])).encode())
    first = arrival(CLAIM, body)
    if other.message is not None and other.hash:
        assert same_message(first.hash, other.hash) == (first.message == other.message)


def test_a_default_may_be_left_out_or_written() -> None:
    body = json.loads(golden(CLAIM, "required"))
    more = {**body, "frequency": "1", "amount_paid": "0.00", "documents": [], "onset": None}
    first, again = (arrival(CLAIM, json.dumps(data).encode()) for data in (body, more))
    assert same_message(first.hash, again.hash)
    assert not same_message(
        first.hash, arrival(CLAIM, json.dumps({**more, "amount_paid": "5.00"}).encode()).hash
    )


def test_escapes_and_whole_numbers_with_a_point_are_ways_of_writing() -> None:
    body = json.loads(golden(CLAIM))
    body["patient"]["last_name"] = "Sørensen"
    one = json.dumps(body, ensure_ascii=False).encode()
    other = json.dumps(body).replace('"pointers": [1', '"pointers": [1.0').encode()
    assert b"S\\u00f8rensen" in other and b"1.0" in other and one != other
    assert same_message(arrival(CLAIM, one).hash, arrival(CLAIM, other).hash)


def test_somebody_else_or_another_type_is_another_message() -> None:
    body = golden("claims.get_claim.v1")
    number = json.loads(body)["claim_number"]
    for data in (golden(CLAIM), written_anew(golden(CLAIM), Random(1))):
        assert not same_message(arrival(CLAIM, golden(CLAIM)).hash, arrival(CLAIM, data, BEN).hash)
    about = json.dumps({"tin": "123456789", "number": "PMR-1"}).encode()
    kinds = ("providers.warn_sla.v1", "providers.breach_sla.v1")
    warn, breach = (arrival(kind, about) for kind in kinds)
    assert number and warn.message is not None is not breach.message
    assert not same_message(warn.hash, breach.hash)


def test_who_bears_the_same_name_in_another_role_or_practice_is_somebody_else() -> None:
    """The kept answer shows what the first asker might see, and nobody looks at that again."""
    body, one = golden(CLAIM), reader("ana", "provider", "123456789", "987654321")
    first = arrival(CLAIM, body, one)
    others = reader("ana", "provider", "123456789"), ANA, reader("ana", "plan_staff")
    for other in others:
        assert not same_message(first.hash, arrival(CLAIM, body, other).hash)
    again = reader("ana", "provider", "987654321", "123456789")
    assert same_message(first.hash, arrival(CLAIM, body, again).hash)


def test_what_cannot_be_read_is_the_same_only_byte_for_byte() -> None:
    body = json.dumps({"member_id": 5}).encode()
    first, again = arrival(CLAIM, body), arrival(CLAIM, body)
    anew = arrival(CLAIM, body.replace(b" ", b""))
    assert first.refusal is not None and len(first.hash) == 16
    assert same_message(first.hash, again.hash)
    assert not same_message(first.hash, anew.hash)


def test_written_anew_it_gets_the_first_answer_and_is_decided_once() -> None:
    first = decided(arrival(CLAIM, golden(CLAIM)))
    known = Seen(first.arrivals[0].hash, first.id, first.answers[0])
    copies = [arrival(CLAIM, written_anew(golden(CLAIM), Random(n))) for n in range(5)]
    later = decided(*copies, seen={ID: known})
    assert [later.answers[n] for n in range(5)] == [first.answers[0]] * 5
    assert not later.accepted and later.resume == {first.id}
    together = decided(*copies)
    assert len(together.accepted) == 1
    assert len({together.answers[n].body for n in range(5)}) == 1


def test_other_contents_are_refused_without_advice_that_makes_a_second_claim() -> None:
    other = json.loads(golden(CLAIM)) | {"patient_account": "ACCT-2"}
    both = decided(arrival(CLAIM, golden(CLAIM)), arrival(CLAIM, json.dumps(other).encode()))
    said = json.loads(both.answers[1].body)["problems"][0]
    assert said["code"] == "id_reused"
    assert said["message"] == (
        "This message id has its answer already: it was used for a message with other contents, of "
        "another type or from somebody else. Nothing was done now. That message, sent once more, "
        "gets its answer once more; only a new message takes a new id."
    )


def test_no_command_has_parts_without_an_order() -> None:
    """A set or a map would be written in another order by another process."""
    for message in COMMANDS.values():
        for container, key in places(schemas.schema_of(message)):
            assert key != "uniqueItems", message.TYPE
            assert key != "additionalProperties" or container[key] is False, message.TYPE


def test_events_are_known_by_their_bytes() -> None:
    """Only what we sent ourselves comes again, and it comes as it was."""
    kind = next(m for m in files.messages().values() if m.KIND == "event")
    route = on(kind, decide=lambda *_: Decision())
    record: Any = arrival(kind.TYPE, golden(kind.TYPE), key="").record
    record.topic = topics.events(kind.service())
    found = Reader({kind.TYPE: route}, SimpleNamespace()).read(record)  # type: ignore[arg-type]
    assert found.message is not None and len(found.hash) == 16
