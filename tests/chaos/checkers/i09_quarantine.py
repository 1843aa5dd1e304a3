"""I9: no document is out before its time; every received one is settled in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from portal_contracts.documents.events import DocumentReceived, DocumentReleased
from tests.chaos.history import History, Record, Violation

QUARANTINE = timedelta(minutes=30)
SETTLED = frozenset({"released", "refused"})


def check(history: History) -> Iterator[Violation]:
    received: dict[str, Record] = {}
    for event in history.of_type(DocumentReceived.TYPE, DocumentReleased.TYPE):
        facts = event.facts
        if facts is None:
            continue
        if event.type == DocumentReceived.TYPE:
            received[facts["document_id"]] = event
            yield from _delay(facts["document_id"], facts["received_at"], facts["release_at"])
        else:
            yield from _release(history, event, received.get(facts["document_id"]))
    states = history.tables["documents"].states
    for document_id in received:
        state = states.get(document_id)
        if state is None or state.status not in SETTLED:
            shown = state.status if state else "not on file"
            yield Violation("late", f"{document_id} was received and is {shown} at the end")


def _delay(document_id: str, received_at: str, release_at: str) -> Iterator[Violation]:
    if datetime.fromisoformat(release_at) - datetime.fromisoformat(received_at) < QUARANTINE:
        yield Violation("early", f"{document_id} was promised before its half hour is over")


def _release(history: History, event: Record, received: Record | None) -> Iterator[Violation]:
    assert event.facts is not None
    name = event.facts["document_id"]
    if received is None or received.facts is None:
        yield Violation("wrong", f"{name} was released and had never been received")
        return
    due = datetime.fromisoformat(received.facts["release_at"])
    if datetime.fromisoformat(event.facts["released_at"]) < due:
        yield Violation("early", f"{name} was released before {due}")
    # Not only by what the service says: no clock can have shown that time yet.
    if history.latest_clock(event.at) < due.timestamp() - history.GRAIN:
        yield Violation("early", f"{name} was released when no clock had reached {due}")
