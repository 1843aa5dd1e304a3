"""I12: whose something is, is the same everywhere, and nobody is told of what is not theirs."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.history import History, Violation
from tests.chaos.orders import STRANGER

NAMED_BY = {
    "claims": "claim_number",
    "documents": "document_id",
    "appeals": "case_number",
    "providers": "number",
    "auth": "authorization_number",
}
OWNED_BY = {
    "claim": "claims",
    "authorization": "auth",
    "dispute": "appeals",
    "appeal": "appeals",
    "maintenance_request": "providers",
}
"""Whose table says whose what a document belongs to is; a member belongs to nobody."""
REFUSED = "portal.refused.v1"


def check(history: History) -> Iterator[Violation]:
    yield from _rows(history)
    yield from _events(history)
    yield from _strangers(history)
    yield from _shown(history)
    yield from _attached(history)
    yield from _records(history)


def _attached(history: History) -> Iterator[Violation]:
    """A document belongs to what its sender's Tax ID has."""
    for event in history.of_type("documents.document_received.v1"):
        kind, reference = (event.facts or {}).get("owner", ("", ""))
        service = OWNED_BY.get(kind)
        owner = history.tables[service].states.get(reference) if service else None
        if owner is not None and event.facts and event.facts["tin"] not in ("", owner.tin):
            yield Violation("wrong", f"{event.subject} was sent for a {kind} of another Tax ID")


def _records(history: History) -> Iterator[Violation]:
    """A claim is decided with records of its own Tax ID, or of the plan."""
    documents = history.tables["documents"].states
    for event in history.of_type("claims.claim_adjudicated.v1"):
        facts = event.facts or {}
        for name in facts.get("records", ()):
            if name in documents and documents[name].tin not in ("", facts["billing_tin"]):
                yield Violation("wrong", f"{event.subject} was decided with another's {name}")


def _strangers(history: History) -> Iterator[Violation]:
    """Neither told nor obeyed."""
    strangers = {s.id for s in history.sent if s.code == STRANGER}
    for answer in history.answers:
        if answer.cause in strangers and answer.type != REFUSED:
            yield Violation("wrong", f"a stranger's {answer.cause} was answered with {answer.type}")
    for event in history.events:
        if event.cause in strangers:
            yield Violation("wrong", f"{event.type} followed from a stranger's {event.cause}")


def _shown(history: History) -> Iterator[Violation]:
    """Claims in a list or in full are the asker's: the row says whose, the intent log who asked."""
    askers = {sent.id: sent.tin for sent in history.sent if sent.tin}
    states = history.tables["claims"].states
    for answer in history.answers:
        tin = askers.get(answer.cause)
        for number in (answer.facts or {}).get("shown", ()) if tin else ():
            if number in states and states[number].tin != tin:
                yield Violation("wrong", f"{number} was shown to another Tax ID than its own")


def _rows(history: History) -> Iterator[Violation]:
    """Who sent what an answer named, by the intent log, is whose row it is."""
    senders = {sent.id: sent.tin for sent in history.sent if sent.tin}
    for answer in history.answers:
        named = NAMED_BY.get(answer.source)
        tin = senders.get(answer.cause)
        if named is None or tin is None or answer.facts is None or named not in answer.facts:
            continue
        state = history.tables[answer.source].states.get(answer.facts[named])
        if state is not None and state.tin != tin:
            text = f"{answer.facts[named]} was sent for another Tax ID than its row has"
            yield Violation("wrong", text)


def _events(history: History) -> Iterator[Violation]:
    """What a service announces of a thing carries the Tax ID of its row."""
    for event in history.first_of(history.events):
        facts = event.facts or {}
        said = facts.get("billing_tin") or facts.get("tin")
        state = history.tables[event.topic.split(".")[0]].states.get(event.subject)
        if said and state is not None and state.tin != said:
            yield Violation("wrong", f"{event.type} of {event.subject} has another Tax ID")
