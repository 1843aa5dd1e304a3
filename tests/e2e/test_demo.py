"""The demo's story and its data, on six running services: what they say is asked from outside."""

from __future__ import annotations

import importlib
import io
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import asyncpg
import pytest
from rich.console import Console

from portal_cli.demo import load_demo_data
from portal_cli.demo.chapters import CHAPTERS
from portal_cli.demo.chapters.claim_paid import CLAIM_PAID
from portal_cli.demo.chapters.claims import balances
from portal_cli.demo.chapters.cob_termed import COB_TERMED
from portal_cli.demo.clockwork import Clockwork
from portal_cli.demo.desks import Desks, open_desks
from portal_cli.demo.story import Told, open_stage, play, tell
from portal_cli.services import PACKAGES
from portal_contracts.appeals.events import CaseOutcomeLinked
from portal_contracts.appeals.queries import GetCase
from portal_contracts.appeals.replies import CaseDetails
from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.auth.queries import GetAuthorization
from portal_contracts.auth.replies import AuthorizationDetails
from portal_contracts.base import Event, Query, Reply
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.queries import GetClaim, SearchClaims
from portal_contracts.claims.replies import ClaimDetails, ClaimList
from portal_contracts.documents.events import DocumentReceived, DocumentReleased
from portal_contracts.documents.queries import CountDocuments
from portal_contracts.documents.replies import DocumentCounts
from portal_contracts.eligibility.events import CobChanged
from portal_contracts.eligibility.queries import GetMember
from portal_contracts.eligibility.replies import MemberDetails
from portal_contracts.money import cents
from portal_contracts.providers.events import (
    MaintenanceRequestSubmitted,
    RequestApproved,
    SlaBreached,
    SlaWarning,
)
from portal_contracts.topics import SERVICES
from portal_runtime.recovery.reconcile import reconcile
from portal_runtime.settings import RuntimeSettings
from tests.conftest import System

E = TypeVar("E", bound=Event)
R = TypeVar("R", bound=Reply)
FLOWS = Path(__file__).resolve().parents[2] / "docs" / "flows"


@pytest.fixture(scope="module")
def settings(system: System) -> RuntimeSettings:
    return RuntimeSettings.model_validate(
        {**system.isolation.settings(), "principal_keys": str(system.keys)}
    )


@pytest.fixture(scope="module")
async def desks(settings: RuntimeSettings) -> AsyncIterator[Desks]:
    async with open_desks(settings) as desks:
        yield desks


async def _ask(desks: Desks, query: Query, expected: type[R]) -> R:
    reply = await desks.staff.ask(query)
    assert isinstance(reply, expected), reply
    return reply


def _events(told: Told, kind: type[E]) -> list[E]:
    return [h.message for h in told.happened if isinstance(h.message, kind)]


def _only(found: Iterable[E]) -> E:
    (one,) = found
    return one


async def test_the_story_ends_as_told(settings: RuntimeSettings, desks: Desks) -> None:
    out = io.StringIO()
    told = await tell(settings, Console(file=out, width=200))
    assert [one.words for one in told if not one.as_told] == [], out.getvalue()
    assert [one.chapter for one in told[1:]] == list(CHAPTERS)
    chapters = {one.chapter.name: one for one in told}

    await _a_claim_is_paid(chapters["claim-paid"], desks)
    await _cob_termed(chapters["cob-termed"], desks)
    await _records_released(chapters["records-released"], desks)
    await _dispute_overturned(chapters["dispute-overturned"], desks)
    await _prior_authorization(chapters["prior-authorization"], desks)
    _maintenance_sla(chapters["maintenance-sla"])
    # Everything was told as it happened, each page shows what happens, the clock is where it was.
    shown = out.getvalue()
    for one in told:
        page = (FLOWS / f"{one.chapter.name}.md").read_text(encoding="utf-8")
        for happened in one.happened:
            assert f"● {happened.envelope.type} {happened.envelope.subject}".rstrip() in shown
            assert happened.envelope.type in page
    assert (await Clockwork.of(settings)).offset == timedelta(0)


async def _claim(desks: Desks, number: str) -> ClaimDetails:
    """As it is on file; its ledger adds up to what it says is paid (CL-18)."""
    details = await _ask(desks, GetClaim(claim_number=number), ClaimDetails)
    assert sum(cents(p.amount) for p in details.postings) == cents(details.summary.paid)
    assert all(balances(adjudication) for adjudication in details.adjudications)
    return details


async def _a_claim_is_paid(told: Told, desks: Desks) -> None:
    """CL-17: fee schedule, then copay of the visit and coinsurance of the laboratory."""
    event = _only(_events(told, ClaimAdjudicated))
    visit, panel = event.lines
    assert [(a.group, a.carc, a.amount) for a in visit.adjustments] == [
        ("CO", "45", "57.00"),
        ("PR", "3", "15.00"),
    ]
    assert (visit.charge, visit.allowed, visit.paid) == ("150.00", "93.00", "78.00")
    assert {a.carc for a in panel.adjustments} == {"45", "2"}
    assert (await _claim(desks, event.claim_number)).summary.status == "paid"


async def _readjudicated(told: Told, desks: Desks, carc: str) -> ClaimAdjudicated:
    """Denied for this reason, then paid by an adjudication of its own; the first one is kept."""
    denied, paid = _events(told, ClaimAdjudicated)
    assert (denied.adjudication, denied.status, denied.paid) == (1, "denied", "0.00")
    assert {a.carc for line in denied.lines for a in line.adjustments} == {carc}
    assert (paid.adjudication, paid.status) == (2, "paid")
    assert cents(paid.paid) > 0
    details = await _claim(desks, paid.claim_number)
    assert [a.adjudication for a in details.adjudications] == [1, 2]
    assert details.summary.paid == paid.paid
    return paid


async def _cob_termed(told: Told, desks: Desks) -> None:
    paid = await _readjudicated(told, desks, "22")
    added, termed = _events(told, CobChanged)
    assert added.before is None and added.after.end is None
    assert termed.after.end is not None and termed.after.end < paid.service_from
    assert not termed.adjust_claims, "nobody ticked the box"
    assert (paid.cause, paid.cause_reference) == ("cob_changed", termed.change_id)


async def _records_released(told: Told, desks: Desks) -> None:
    paid = await _readjudicated(told, desks, "252")
    received = _only(_events(told, DocumentReceived))
    released = _only(_events(told, DocumentReleased))
    assert released.released_at - received.received_at >= timedelta(minutes=30)
    assert (released.sha256, released.size) == (received.sha256, received.size)
    assert (paid.cause, paid.cause_reference) == ("records_released", released.document_id)
    counts = await _ask(desks, CountDocuments(), DocumentCounts)
    assert counts.balanced and counts.released == 1


async def _dispute_overturned(told: Told, desks: Desks) -> None:
    paid = await _readjudicated(told, desks, "29")
    linked = _only(_events(told, CaseOutcomeLinked))
    assert (paid.cause, paid.cause_reference) == ("dispute_overturned", linked.case_number)
    case = await _ask(desks, GetCase(case_number=linked.case_number), CaseDetails)
    assert case.summary.outcome is not None
    assert (case.summary.outcome.status, case.summary.outcome.paid) == ("paid", paid.paid)


async def _prior_authorization(told: Told, desks: Desks) -> None:
    requested, decided = _events(told, AuthorizationChanged)
    assert {line.decision for line in requested.lines} == {"pending"}
    number = decided.authorization_number
    on_file = await _ask(desks, GetAuthorization(authorization_number=number), AuthorizationDetails)
    assert [(x.decision, x.approved_units) for x in on_file.lines] == [
        ("approved", 1),
        ("partly_approved", 8),
    ]


def _maintenance_sla(told: Told) -> None:
    phone, joining = _events(told, MaintenanceRequestSubmitted)
    calendar = RuntimeSettings().calendar
    due_date = calendar.due_day(calendar.day_of(phone.at), 30)
    assert (phone.clock.due_date, phone.clock.late_from) == (due_date, calendar.end_of(due_date))
    assert (joining.clock.basis, joining.clock.allowance) == ("business_days", 90)
    assert joining.onboarding and not phone.onboarding
    warning, breach = _only(_events(told, SlaWarning)), _only(_events(told, SlaBreached))
    assert warning.number == breach.number == phone.number
    assert phone.clock.warn_at is not None and warning.at >= phone.clock.warn_at
    assert phone.clock.late_from is not None and breach.at >= phone.clock.late_from
    assert not _only(_events(told, RequestApproved)).in_time


async def test_what_goes_otherwise_than_told_is_named(settings: RuntimeSettings) -> None:
    out = io.StringIO()
    async with open_stage(settings, Console(file=out, width=200), uuid4()) as stage:
        # Nobody was enrolled.
        paid, cob = await play(stage, CLAIM_PAID), await play(stage, COB_TERMED)
    assert not paid.as_told and "claims.claim_rejected_reply.v1" in paid.words
    assert not cob.as_told and "member_not_found" in cob.words
    assert out.getvalue().count("✗") == 2


async def test_demo_data_is_there_once_however_often_it_is_loaded(
    settings: RuntimeSettings, desks: Desks
) -> None:
    assert await load_demo_data(settings) == ()
    first = await _demo_claims(desks)
    outcomes = {number.removeprefix("DATA-"): status for number, status in first.items()}
    assert outcomes == {
        "PAID": "paid",
        "TWO-LINES": "paid",
        "CHILD": "paid",
        "HOSPITAL": "paid",
        "COB": "denied",
        "RECORDS": "denied",
        "NOT-COVERED": "denied",
        "REJECTED": "rejected",
    }
    grace = await _ask(desks, GetMember(member_id="M1000004-00"), MemberDetails)
    assert grace.grace is not None
    doubly = await _ask(desks, GetMember(member_id="M1000005-00"), MemberDetails)
    assert len(doubly.cob) == 1

    assert await load_demo_data(settings) == ()
    assert await _demo_claims(desks) == first
    assert (await _ask(desks, GetMember(member_id="M1000005-00"), MemberDetails)).cob == doubly.cob


async def _demo_claims(desks: Desks) -> dict[str, str]:
    found = await _ask(desks, SearchClaims(limit=500), ClaimList)
    ours = [claim for claim in found.claims if claim.patient_account.startswith("DATA-")]
    assert len(ours) == len({claim.patient_account for claim in ours}), "no claim twice"
    return {claim.patient_account: claim.status for claim in ours}


@pytest.mark.parametrize("name", SERVICES)
async def test_at_the_end_each_database_and_kafka_agree(system: System, name: str) -> None:
    """All that each service took, sent to itself and told others is found on both sides."""
    service = importlib.import_module(f"{PACKAGES[name]}.main").SERVICE
    key = system.keys / "services.private.pem"
    settings = service.settings.model_validate(
        {
            **system.isolation.settings(),
            "principal_keys": str(system.keys),
            "service_key": key,
        }
    )
    conn = await asyncpg.connect(settings.dsn(name))
    try:
        report = await reconcile(service, settings, conn, datetime(2020, 1, 1, tzinfo=UTC))
    finally:
        await conn.close()
    assert report.consistent, report.findings
    taken = await _taken(settings, name)
    assert taken > 0, "nothing was compared"


async def _taken(settings: RuntimeSettings, name: str) -> int:
    conn = await asyncpg.connect(settings.dsn(name))
    try:
        return int(await conn.fetchval("select coalesce(sum(next), 0) from partition_positions"))
    finally:
        await conn.close()
