"""I2: a message has its effects once in each service, however often it came."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.history import History, Violation

CREATED_BY = {
    "auth.authorization_received.v1": ("auth", "authorization_number"),
    "documents.upload_ticket.v1": ("documents", "document_id"),
    "appeals.case_received.v1": ("appeals", "case_number"),
    "providers.maintenance_request_accepted.v1": ("providers", "number"),
}
"""The answer that tells of a new one: its service, and what it is called by."""


def check(history: History) -> Iterator[Violation]:
    yield from _journals(history)
    yield from _same_bytes(history)
    yield from _claims(history)
    yield from _others(history)


def _journals(history: History) -> Iterator[Violation]:
    """All that followed from a message was made by one batch: the one its inbox row names."""
    for service, tables in history.tables.items():
        ids = Counter(row.id for row in tables.journal)
        for mid, count in ids.items():
            if count > 1:
                yield Violation("double", f"{service} made {mid} {count} times")
        batches: dict[str, set[str]] = defaultdict(set)
        for row in tables.journal:
            batches[row.cause].add(row.batch)
        for cause, found in batches.items():
            taken = tables.inbox.get(cause)
            if len(found) > 1:
                yield Violation("double", f"{service} decided {cause} in {len(found)} batches")
            elif taken is not None and taken.batch not in found:
                yield Violation("wrong", f"{service}: the inbox names another batch for {cause}")
            elif taken is None:
                yield Violation("wrong", f"{service}: effects of {cause}, which it never took")


def _same_bytes(history: History) -> Iterator[Violation]:
    """Published again means the very same bytes."""
    digests: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in (*history.events, *history.commands):
        if record.source in history.tables:
            digests[record.topic, record.id].add(record.digest)
    for (topic, mid), found in digests.items():
        if len(found) > 1:
            yield Violation("double", f"{mid} stands in {topic} with {len(found)} contents")


def _claims(history: History) -> Iterator[Violation]:
    """As many claims as were answered for; each adjudicated for the first time once."""
    told: dict[str, set[str]] = defaultdict(set)
    for answer in history.answers:
        if answer.source == "claims" and answer.facts and "claim_number" in answer.facts:
            told[answer.facts["claim_number"]].add(answer.cause)
    for number in history.tables["claims"].states:
        if number not in told:
            yield Violation("double", f"claim {number} is on file and no answer ever named it")
    for number in told:
        if number not in history.tables["claims"].states:
            yield Violation("lost", f"claim {number} was answered for and is not on file")
    firsts = Counter(
        event.facts["claim_number"]
        for event in history.of_type("claims.claim_adjudicated.v1")
        if event.facts is not None and event.facts["adjudication"] == 1
    )
    for number, count in firsts.items():
        if count > 1:
            yield Violation("double", f"claim {number} was adjudicated {count} times at first")


def _others(history: History) -> Iterator[Violation]:
    """As many authorizations, documents, cases and requests as were answered for, one each."""
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for answer in history.answers:
        service, named = CREATED_BY.get(answer.type, ("", ""))
        if answer.facts and named in answer.facts:
            told[service, answer.facts[named]].add(answer.cause)
    for service, _ in CREATED_BY.values():
        for name in history.tables[service].states:
            if (service, name) not in told:
                text = f"{service}: {name} is on file and no answer ever named it"
                yield Violation("double", text)
    for (service, name), causes in told.items():
        if name not in history.tables[service].states:
            yield Violation("lost", f"{service}: {name} was answered for and is not on file")
        if len(causes) > 1:
            yield Violation("lost", f"{service}: {len(causes)} messages made one {name}")
    yield from _requested_twice(history)


def _requested_twice(history: History) -> Iterator[Violation]:
    """Of the others the lawful changes of I11 say that they begin once."""
    begun = Counter(e.subject for e in history.of_type("auth.authorization_requested.v1"))
    for name, count in begun.items():
        if count > 1:
            yield Violation("double", f"{name} was requested {count} times")
