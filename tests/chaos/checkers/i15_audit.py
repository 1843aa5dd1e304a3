"""I15: every look at a member's data is on record, once, under the name of whoever looked; no
record is without a look; and the chains of the record are whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from portal_runtime.audit import audit
from tests.chaos.history import History, Record, Violation

ALWAYS_LOOKS = {
    "eligibility.get_member.v1": "eligibility.member_details.v1",
    "claims.get_claim.v1": "claims.claim_details.v1",
}
"""Queries whose answer shows one member, and that answer."""
LINK = "documents.download_link.v1"


def check(history: History) -> Iterator[Violation]:
    types = {sent.id: sent.type for sent in history.sent}
    looks = {
        service: {look.message_id for look in tables.looks}
        for service, tables in history.tables.items()
    }
    opened = Counter(row.message_id for row in history.downloads)
    for answer in history.answers:
        type_ = types.get(answer.cause, "")
        if ALWAYS_LOOKS.get(type_) == answer.type and answer.cause not in looks[answer.source]:
            yield Violation("lost", f"the look {answer.cause} ({type_}) is not on record")
        if answer.type == LINK and not opened[answer.cause]:
            yield Violation("lost", f"the opening {answer.cause} is not on record")
    for service, found in looks.items():
        if unasked := len(found - types.keys()):
            text = f"{service} has {unasked} looks on record that nobody asked for"
            yield Violation("wrong", text)
    for message_id, count in opened.items():
        if count > 1 or message_id not in types:
            yield Violation("double", f"{message_id} is on record {count} times")
    yield from _names(history)
    yield from _chain(history)


def _names(history: History) -> Iterator[Violation]:
    """Nobody's look stands under somebody else's name, nor for another document."""
    asked = {sent.id: sent.who for sent in history.sent}
    for service, tables in history.tables.items():
        for look in tables.looks:
            who = f"{look.role}/{look.subject}"
            if look.message_id in asked and asked[look.message_id] != who:
                text = f"{service}: the look {look.message_id} is recorded under another name"
                yield Violation("wrong", text)
    links = {a.cause: a for a in history.answers if a.type == LINK}
    for row in history.downloads:
        if asked.get(row.message_id, "").partition("/")[2] != row.subject:
            text = f"the opening {row.message_id} is recorded under another name"
            yield Violation("wrong", text)
        if _other_document(links.get(row.message_id), row.document_id):
            text = f"the opening {row.message_id} is recorded for another document"
            yield Violation("wrong", text)


def _other_document(link: Record | None, document_id: str) -> bool:
    return link is not None and link.facts is not None and link.facts["document_id"] != document_id


def _chain(history: History) -> Iterator[Violation]:
    for service, tables in history.tables.items():
        numbers = [look.seq for look in tables.looks]
        if len(set(numbers)) < len(numbers):
            yield Violation("wrong", f"{service}: two looks have the same number")
        for finding in audit(tables.chained, tables.heads).findings:
            yield Violation("wrong", f"{service}: {finding}")
