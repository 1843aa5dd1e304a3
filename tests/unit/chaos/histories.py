"""A small history in which everything is right, to be broken by tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from portal_runtime.access.access_log import Look as AccessLook
from portal_runtime.access.access_log import first_link, link
from portal_runtime.access.audit import Head, Row
from tests.chaos.history import (
    Entry,
    History,
    Look,
    Move,
    Opened,
    ParkedRow,
    Record,
    State,
    Tables,
    Taken,
    Written,
)
from tests.chaos.orders import PARKED, QUERY, REFUSED
from tests.unit.chaos.insured import insure
from tests.unit.chaos.pieces import (
    ADJUDICATED,
    AUTH,
    CLAIM,
    COMMANDS,
    DOCUMENT,
    EVENTS,
    MADE,
    NOON,
    REQUEST,
    START,
    SUBMIT,
    TIN,
    adjudicated,
    answer,
    record,
    sent,
)

ONE_CHAIN = UUID(int=1)
HALF_HOUR = timedelta(minutes=30)


def good() -> History:
    """One claim, a refused and a parked message, a document, a request, a query."""
    history = History()
    history.sent = [
        sent(0, "one"),
        sent(1, "bad", "?", expect=PARKED, code="is missing", asked=False),
        sent(2, "unsigned", expect=REFUSED, code="not_authenticated"),
        sent(3, "look", "claims.get_claim.v1", topic="claims.queries", expect=QUERY),
        sent(0, "up", "documents.request_upload.v1", topic="documents.commands"),
        sent(0, "ask", "providers.submit_maintenance_request.v1", topic="providers.commands"),
    ]
    history.commands = [
        record(COMMANDS, 0, "one", SUBMIT, source="/portal/chaos"),
        record(COMMANDS, 1, "bad", "?", source="/portal/chaos"),
        record(COMMANDS, 2, "unsigned", SUBMIT, source="/portal/chaos"),
        record("documents.commands", 0, "up", "documents.request_upload.v1",
               source="/portal/chaos"),
        record("providers.commands", 0, "ask", "providers.submit_maintenance_request.v1",
               source="/portal/chaos"),
    ]  # fmt: skip
    history.answers = [
        answer("one", "claims.claim_accepted.v1", claim_number=CLAIM),
        answer("unsigned", "portal.refused.v1", codes=["not_authenticated"]),
        answer("look", "claims.claim_details.v1", shown=[CLAIM], members=["M"]),
        answer("up", "documents.upload_ticket.v1", "documents", document_id=DOCUMENT),
        answer("ask", "providers.maintenance_request_accepted.v1", "providers", number=REQUEST),
    ]
    history.events = [
        record(EVENTS, 0, MADE, ADJUDICATED, subject=CLAIM, cause="one",
               facts=adjudicated(2, 1, 3000)),
        *_document(),
        *_request(),
    ]  # fmt: skip
    _kept(history)
    _later(history)
    _authorization(history)
    insure(history)
    _journalled(history, "eligibility", "cover")
    _answers_kept(history)
    return history


def _kept(history: History) -> None:
    """What the services' tables hold, and the object store."""
    history.letters = [record("claims.dead-letters", 0, "bad", "?", origin=f"{COMMANDS}/1/1")]
    claims, documents = history.tables["claims"], history.tables["documents"]
    claims.inbox["one"] = Taken("batch", None, None)
    claims.journal = [
        Written("batch", 0, MADE, EVENTS, "K", ADJUDICATED, "one", f"d-{MADE}"),
    ]
    claims.parked = [ParkedRow(COMMANDS, 1, 1, None, "header ce_id is missing", "parked")]
    claims.states[CLAIM] = State(2, "paid", TIN)
    claims.looks = [Look(1, f"chaos-{TIN}", "provider", "M", "look")]
    claims.chained, claims.heads = chained(3)
    documents.looks = [Look(1, f"chaos-{TIN}", "provider", "M", "open")]
    documents.states[DOCUMENT] = State(3, "released", TIN)
    _journalled(history, "documents", "up")
    _journalled(history, "providers", "ask")
    history.tables["providers"].states[REQUEST] = State(3, "in_review", TIN)
    documents.facts["claims", CLAIM] = 2
    documents.inbox[MADE] = Taken("other", None, None)
    history.money.ledger = [Entry(CLAIM, 1, "payment", 3000)]
    history.money.paid = {CLAIM: 3000}
    history.money.accumulators = {("M", 2025): (600, 1000), ("N", 2025): (0, 0)}
    history.downloads = [Opened("open", DOCUMENT, f"chaos-{TIN}")]
    history.objects = {f"documents/{DOCUMENT}": "abc"}
    history.sealed = {DOCUMENT: "abc"}
    history.moves = [Move(START + 2, 1800.0), Move(START + 10, 90 * 86_400.0)]
    history.committed = {("claims", COMMANDS, 1): 3, ("documents", EVENTS, 1): 1}
    history.ends = {(COMMANDS, 1): 3, (EVENTS, 1): 1}
    history.listens = {("claims", COMMANDS), ("documents", EVENTS)}


def _later(history: History) -> None:
    """The document is released, and opened after that."""
    history.sent.append(
        sent(5, "open", "documents.open_document.v1", topic="documents.commands", partition=2)
    )
    history.commands.append(
        Record("documents.commands", 2, 4, "K2", START + 2.5, "out",
               "documents.release_document.v1", "documents", DOCUMENT, "", "d-out")
    )  # fmt: skip
    history.commands.append(
        Record("documents.commands", 2, 5, "K2", START + 9, "open", "documents.open_document.v1",
               "/portal/chaos", "", "", "d-open")
    )  # fmt: skip
    opened = answer("open", "documents.download_link.v1", "documents", document_id=DOCUMENT)
    history.answers.append(replace(opened, at=START + 9))


def put_at(history: History, id_: str, at: float) -> None:
    """Another real time of an event."""
    old = next(event for event in history.events if event.id == id_)
    history.events[history.events.index(old)] = replace(old, at=at)


def chained(length: int) -> tuple[list[Row], dict[UUID, Head]]:
    """An access log of one chain."""
    rows, head = [], first_link(ONE_CHAIN)
    for position in range(1, length + 1):
        said = AccessLook(NOON, f"chaos-{TIN}", "provider", "M", "payment", UUID(int=position))
        head = link(head, ONE_CHAIN, position, said)
        rows.append(Row(position, ONE_CHAIN, position, head, said))
    return rows, {ONE_CHAIN: Head(length, head)}


def _authorization(history: History) -> None:
    """Asked for, and waiting."""
    type_ = "auth.request_authorization.v1"
    history.sent.append(sent(0, "may", type_, topic="auth.commands"))
    history.commands.append(record("auth.commands", 0, "may", type_, source="/portal/chaos"))
    history.events.insert(
        1,
        record("auth.events", 0, "a1", "auth.authorization_requested.v1", subject=AUTH,
               cause="may", facts={"authorization_number": AUTH, "version": 1, "tin": TIN,
                      "lines": {1: "pending", 2: "pending"}})
    )  # fmt: skip
    history.answers.append(
        answer("may", "auth.authorization_received.v1", "auth", authorization_number=AUTH)
    )
    history.tables["auth"].states[AUTH] = State(1, "pending", TIN)
    _journalled(history, "auth", "may")


def _document() -> list[Record]:
    received = {
        "document_id": DOCUMENT,
        "version": 2,
        "tin": TIN,
        "received_at": NOON.isoformat(),
        "release_at": (NOON + HALF_HOUR).isoformat(),
        "sha256": "abc",
        "owner": ("claim", CLAIM),
    }
    released = {
        "document_id": DOCUMENT,
        "version": 3,
        "tin": TIN,
        "received_at": NOON.isoformat(),
        "released_at": (NOON + HALF_HOUR + timedelta(seconds=3)).isoformat(),
        "sha256": "abc",
    }
    return [
        record("documents.events", 1, "d2", "documents.document_received.v1", subject=DOCUMENT,
               cause="up", facts=received),
        record("documents.events", 3, "d3", "documents.document_released.v1", subject=DOCUMENT,
               cause="out", facts=released),
    ]  # fmt: skip


def _request() -> list[Record]:
    due = datetime(2026, 2, 5, 5, tzinfo=UTC)  # February 4, 30 days after NOON's, is over there
    clock = {"late_from": due.isoformat(), "warn_at": (due - timedelta(days=6)).isoformat(),
             "due_date": "2026-02-04", "basis": "calendar_days", "allowance": 30}  # fmt: skip
    submitted = {"number": REQUEST, "version": 1, "tin": TIN, "at": NOON.isoformat(),
                 "clock": clock}  # fmt: skip
    warned = {**submitted, "version": 2, "at": (due - timedelta(days=4)).isoformat()}
    breached = {**submitted, "version": 3, "at": (due + timedelta(hours=1)).isoformat()}
    types = ("maintenance_request_submitted", "sla_warning", "sla_breached")
    return [
        record("providers.events", offset, f"q{offset}", f"providers.{name}.v1", subject=REQUEST,
               cause="ask", facts=facts)
        for offset, name, facts in zip((1, 11, 12), types, (submitted, warned, breached),
                                       strict=True)
    ]  # fmt: skip


def _journalled(history: History, service: str, cause: str) -> None:
    """What that service's events and their cause leave in its tables."""
    tables: Tables = history.tables[service]
    tables.inbox[cause] = Taken("b", None, None)
    for n, event in enumerate(e for e in history.events if e.source == service):
        tables.journal.append(
            Written("b", n, event.id, event.topic, "K", event.type, cause, event.digest)
        )


def _answers_kept(history: History) -> None:
    """Each as it was told; of queries and of what nobody vouches for nothing is kept."""
    for told in history.answers:
        if told.cause not in ("unsigned", "look"):
            inbox = history.tables[told.source].inbox
            batch = inbox[told.cause].batch if told.cause in inbox else "b"
            inbox[told.cause] = Taken(batch, told.type, told.digest)
