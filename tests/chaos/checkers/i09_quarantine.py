"""I9: no document is out before its time or far too late, none is opened before it is out, and none
is refused that was sent as announced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from portal_contracts.documents.events import DocumentReceived, DocumentReleased
from tests.chaos.history import History, Record, Violation

QUARANTINE = timedelta(minutes=30)
SETTLED = frozenset({"released", "refused"})
LINK, OPEN = "documents.download_link.v1", "documents.open_document.v1"
RELEASES = ("documents.release_document.v1", "documents.upload_sealed.v1")
"""The later of the two releases a document: when it is due, or when it is sealed."""
UNDER_FIRE = 240.0
"""Seconds of real time that a release may be late while faults strike, without those in which a
server was away from everybody: in them there is nothing that anybody could do. The longest of the
other faults holds for a minute and is healed within two; and the next one may strike before the
services are back."""
HEALED = 120.0
"""And when all faults are over: the patience of the drain."""


def check(history: History) -> Iterator[Violation]:
    received: dict[str, Record] = {}
    released: dict[str, Record] = {}
    for event in history.of_type(DocumentReceived.TYPE, DocumentReleased.TYPE):
        facts = event.facts
        if facts is None:
            continue
        if event.type == DocumentReceived.TYPE:
            received[facts["document_id"]] = event
            yield from _delay(facts["document_id"], facts["received_at"], facts["release_at"])
        else:
            released.setdefault(facts["document_id"], event)
            yield from _release(history, event, received.get(facts["document_id"]))
    yield from _links(history, received, released)
    states = history.tables["documents"].states
    for document_id in received:
        state = states.get(document_id)
        if state is None or state.status not in SETTLED:
            shown = state.status if state else "not on file"
            yield Violation("late", f"{document_id} was received and is {shown} at the end")
    for document_id in history.clean:
        if document_id in states and states[document_id].status == "refused":
            text = f"{document_id} is refused, and what was uploaded is what had been announced"
            yield Violation("wrong", text)


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
    yield from _late(history, event, max(history.reached(due), received.at))


def _late(history: History, event: Record, due: float) -> Iterator[Violation]:
    """Against the clock of the run, which leaps: what counts is real time since it came to be due.

    A release is at most announced again under its id, so only the first announcement is judged.
    """
    under_fire = UNDER_FIRE + history.missing(due, event.at)
    latest = min(due + under_fire, max(due, history.healed) + HEALED)
    if event.at > latest:
        yield Violation(
            "late", f"{event.subject} was released {event.at - due:.0f} s after it was due"
        )


def _links(
    history: History, received: dict[str, Record], released: dict[str, Record]
) -> Iterator[Violation]:
    """By the clock, and by the partition: both commands about a document are decided in one."""
    first, last = _places(history)
    for answer in history.answers:
        if answer.type != LINK or answer.facts is None:
            continue
        name = answer.facts["document_id"]
        arrival, release = received.get(name), released.get(name)
        if release is None or arrival is None or arrival.facts is None:
            yield Violation("wrong", f"{name} was opened and has never been released")
            continue
        due = datetime.fromisoformat(arrival.facts["release_at"])
        if history.latest_clock(answer.at) < due.timestamp() - history.GRAIN:
            yield Violation("early", f"{name} was opened when no clock had reached {due}")
        opened, sealed = last.get(answer.cause), first.get(release.cause)
        if opened and sealed and opened[0] == sealed[0] and opened[1] < sealed[1]:
            yield Violation("early", f"{name} was opened before the command to release it came")


def _places(history: History) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """Partition and offset: of each release the first copy, of each opening the last one.

    Copies come again when a topic is replayed, a producer repeats itself or a timer fires twice.
    """
    first: dict[str, tuple[int, int]] = {}
    last: dict[str, tuple[int, int]] = {}
    for record in history.commands:
        place = (record.partition, record.offset)
        if record.type in RELEASES:
            first[record.id] = min(place, first.get(record.id, place))
        elif record.type == OPEN:
            last[record.id] = max(place, last.get(record.id, place))
    return first, last
