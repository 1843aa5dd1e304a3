"""The load of a run: made up from its seed, and every kind of it fits its contract."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from pydantic_core import to_json

from portal_cli.infra.kafka import CONFIG
from portal_client import Signer
from portal_contracts.base import REGISTRY
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.documents.replies import UploadTicket
from portal_contracts.topics import SERVICES
from tests.chaos import edge
from tests.chaos.driver import Driver
from tests.chaos.intent import IntentLog
from tests.chaos.orders import (
    ANSWERED,
    DROPPED,
    OWED,
    PARKED,
    QUERY,
    REFUSED,
    STRANGER,
    Copy,
    Order,
)
from tests.chaos.poison import KINDS, Poisoner, _large_body
from tests.chaos.population import populate
from tests.chaos.stand import make_keys
from tests.chaos.work import claims, desk, documents, questions, strangers
from tests.chaos.work.mixer import OPENED, Mixer
from tests.chaos.work.office import KnownClaim, KnownDocument, Office

BROKER_TAKES = int(CONFIG.split("message.max.bytes=")[1].split()[0])
OF_A_BATCH = 61
"""Bytes before its first record."""
TODAY = date(2026, 11, 24)


def office(seed: int = 1) -> Office:
    return Office(Random(seed), populate(seed, TODAY), TODAY)


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Driver:
    folder: Path = tmp_path_factory.mktemp("keys")
    make_keys(folder)
    kids = ("demo-provider", "demo-staff", "demo-feed")
    signers = {kid: Signer.from_file(folder / f"{kid}.private.pem", kid) for kid in kids}
    return Driver("nowhere", IntentLog(folder / "log"), signers, Random(1))


def test_a_seed_makes_the_same_people() -> None:
    assert populate(3, TODAY) == populate(3, TODAY)
    assert populate(3, TODAY).members[0] != populate(4, TODAY).members[0]


def test_claims_are_of_every_kind_and_fit_their_contracts() -> None:
    where = office()
    made = [claims.submit(where) for _ in range(800)]
    assert len({order.message.TYPE for order in made}) == 2
    for order in made:
        again = REGISTRY[order.message.TYPE].model_validate_json(order.message.model_dump_json())
        assert again == order.message


def test_answers_are_remembered_and_corrected_later() -> None:
    where = office()
    assert claims.correct(where) is None
    order = claims.submit(where)
    assert order.then is not None
    told = to_json({"claim_number": "CLM-1", "status": "denied"})
    assert order.then(ClaimAccepted.TYPE, told) == []
    assert where.claims[0].number == where.denied[0].number == "CLM-1"
    corrected = claims.correct(where)
    assert corrected is not None
    assert corrected.message.original_claim == "CLM-1"  # type: ignore[union-attr]
    assert corrected.message.frequency in ("7", "8")  # type: ignore[union-attr]


def test_a_refusal_leads_to_nothing() -> None:
    where = office()
    for make in (claims.submit, desk.other_insurance, desk.authorization, desk.maintenance):
        order = make(where)
        assert order.then is not None
        assert order.then("portal.refused.v1", b"{}") == []
    assert not where.claims


def test_strangers_ask_about_what_is_not_theirs() -> None:
    where = office()
    clinic, who = where.people.clinic(where.random)
    where.documents.append(KnownDocument("DOC-1", who, ""))
    asked = [order for order in (questions.question(where) for _ in range(200)) if order]
    strangers = [order for order in asked if order.code == STRANGER]
    assert strangers
    assert all(clinic.tin not in order.who.principal.tins for order in strangers)


def test_every_kind_of_poison_says_what_must_become_of_it(driver: Driver) -> None:
    poisoner = Poisoner(driver, office(), Random(1))
    made = [kind(poisoner) for kind in KINDS]
    assert {copy.expect for copy in made} == {PARKED, REFUSED, DROPPED, QUERY}
    for copy in made:
        if copy.expect == PARKED:
            assert copy.code, copy.headers[:2]
            assert not copy.reply, "who can be answered is answered"
    topics = Counter(copy.topic.rsplit(".", 1)[1] for copy in made)
    assert topics.keys() == {"commands", "events", "queries"}


def test_a_record_is_as_large_as_kafka_just_takes(driver: Driver) -> None:
    """Larger ones are tried too (`edge.py`), and Kafka has to refuse them."""
    poisoner = Poisoner(driver, office(), Random(1))
    made = [_large_body(poisoner) for _ in range(50)]
    largest = max(made, key=lambda copy: len(copy.value or b""))
    builder = DefaultRecordBatchBuilder(2, 0, False, -1, -1, 0, 524_288)
    builder.append(0, 0, largest.key, largest.value, headers=largest.headers)
    taken = len(builder.build())
    assert edge.MIB - 1000 < taken <= BROKER_TAKES < min(edge.SIZES) + OF_A_BATCH


def test_a_record_sent_again_is_the_same_record(driver: Driver) -> None:
    copy = driver.copy_of(claims.submit(office()))
    again = driver.again(copy)
    assert again.n != copy.n
    assert (again.id, again.value, again.headers, again.print) == (
        copy.id,
        copy.value,
        copy.headers,
        copy.print,
    )


def test_another_body_under_the_same_id_has_another_print(driver: Driver) -> None:
    order = claims.submit(office())
    other = order.message.model_copy(update={"patient_account": "other"})
    second = driver.copy_of(Order(other, order.who, id=order.id))
    assert driver.copy_of(order).print != second.print


def test_strangers_also_command_and_never_what_is_theirs() -> None:
    where = office()
    first = [order for order in (strangers.meddle(where) for _ in range(20)) if order]
    assert {order.message.TYPE for order in first} == {"eligibility.add_cob.v1"}
    clinic, who = where.people.clinic(where.random)
    person = where.people.member(where.random)
    where.documents.append(KnownDocument("DOC-1", who, ""))
    where.claims.append(KnownClaim("CLM-1", "paid", person, clinic, who))
    where.has("dispute", "DSP-1", clinic, who)
    orders = [order for order in (strangers.meddle(where) for _ in range(100)) if order]
    assert {order.message.TYPE for order in orders} == {
        "documents.open_document.v1",
        "claims.submit_professional_claim.v1",
        "claims.submit_records.v1",
        "documents.request_upload.v1",
        "eligibility.add_cob.v1",
    }
    for order in orders:
        assert (order.expect, order.code) == (ANSWERED, STRANGER)
        assert clinic.tin not in order.who.principal.tins
        again = REGISTRY[order.message.TYPE].model_validate_json(order.message.model_dump_json())
        assert again == order.message


def test_documents_are_sent_for_whatever_is_on_file_by_whose_it_is(driver: Driver) -> None:
    where = office()
    clinic, who = where.people.clinic(where.random)
    person = where.people.member(where.random)
    uploads = documents.Uploads(lambda _: None, lambda _: None)
    for _ in range(100):
        where.denied.append(KnownClaim("CLM-1", "denied", person, clinic, who))
    for kind, reference in (
        ("authorization", "AUTH-1"),
        ("dispute", "DSP-1"),
        ("maintenance_request", "PMR-1"),
    ):
        where.has(kind, reference, clinic, who)  # type: ignore[arg-type]
    made = [documents.upload(where, uploads) for _ in range(200)]
    kinds = {order.message.owner.kind for order in made}  # type: ignore[union-attr]
    assert kinds == {"claim", "member", "authorization", "dispute", "maintenance_request"}
    for order in made:
        held = order.message.owner.kind != "member"  # type: ignore[union-attr]
        assert not held or order.who == who
        assert {order.message.tin} == order.who.principal.tins  # type: ignore[union-attr]


def test_a_claim_that_documents_has_not_heard_of_gets_its_records_later() -> None:
    where = office()
    clinic, who = where.people.clinic(where.random)
    known = KnownClaim("CLM-1", "denied", where.people.member(where.random), clinic, who)
    where.denied.append(known)
    uploads = documents.Uploads(lambda _: None, lambda _: None)
    order = documents.upload(where, uploads)
    while order.message.owner.kind != "claim":  # type: ignore[union-attr]
        order = documents.upload(where, uploads)
    assert not where.denied
    assert order.then is not None
    assert order.then("portal.refused.v1", b"{}") == []
    assert list(where.denied) == [known]


def test_after_healing_every_service_is_asked_something() -> None:
    where = office()
    owed = questions.owed(where)
    assert {order.service for order in owed} == set(SERVICES)
    assert {(order.expect, order.code) for order in owed} == {(QUERY, OWED)}


async def _uploaded(
    monkeypatch: pytest.MonkeyPatch, works: bool, clean: bool
) -> tuple[list[str], list[Order]]:
    monkeypatch.setattr(documents, "TRIES", 1)
    monkeypatch.setattr("tests.chaos.work.documents.asyncio.sleep", lambda _: _nothing())
    said: list[str] = []
    posted: list[Order] = []
    uploads = documents.Uploads(posted.append, said.append)
    monkeypatch.setattr(uploads, "_sent", lambda *_: works)
    then = datetime(2026, 11, 24, tzinfo=UTC)
    ticket = UploadTicket(
        document_id="DOC-1",
        method="PUT",
        url="http://store/DOC-1",
        fields={},
        headers={},
        max_size=1,
        url_expires_at=then,
        expires_at=then,
    )
    uploads.begin(ticket, b"x", claims.submit(office()), clean=clean)
    await asyncio.gather(*uploads._tasks)
    return said, posted


async def _nothing() -> None:
    return None


@pytest.mark.parametrize(
    ("works", "clean", "said"),
    [(True, True, ["DOC-1"]), (True, False, []), (False, True, [])],
)
async def test_a_document_is_said_to_be_clean_when_it_is_in_the_store_as_announced(
    monkeypatch: pytest.MonkeyPatch, works: bool, clean: bool, said: list[str]
) -> None:
    noted, posted = await _uploaded(monkeypatch, works, clean)
    assert noted == said
    assert len(posted) == 1


def test_some_documents_are_opened_when_all_of_them_are_out(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a short run might end without a single link to be judged."""
    posted: list[Copy] = []
    monkeypatch.setattr(driver, "post", posted.extend)
    where = office()
    mixer = Mixer(driver, where, 500, poison=False)
    mixer.open_some()
    assert not posted
    where.documents.append(KnownDocument("DOC-1", where.people.providers[0], ""))
    mixer.open_some()
    assert len({copy.id for copy in posted}) >= OPENED
    assert {copy.type for copy in posted} == {"documents.open_document.v1"}
