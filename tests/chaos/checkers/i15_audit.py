"""I15: every look at a member's data is on record, once, under the name of whoever looked; no
record is without a look; and the chains of the record are whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from portal_runtime.access.audit import audit
from tests.chaos.history import History, Record, Violation

ALWAYS_LOOKS = frozenset(
    {
        *("eligibility.member_details.v1", "claims.claim_details.v1"),
        *("auth.authorization_list.v1", "documents.download_link.v1"),
        *("eligibility.cob_added.v1", "eligibility.cob_edited.v1", "eligibility.cob_stale.v1"),
    }
)
"""Answers that are a look at somebody whatever they hold: also that a member has nothing on file.
Lists of claims, cases and documents may be empty; of those only whom they show counts."""
LINK = "documents.download_link.v1"


def check(history: History) -> Iterator[Violation]:
    types = {sent.id: sent.type for sent in history.sent}
    looks = _looks(history)
    patients = _patients(history)
    nobodys = _nobodys(history, patients)
    opened = Counter(row.message_id for row in history.downloads)
    for answer in history.answers:
        recorded = looks[answer.source].get(answer.cause, set())
        about_nobody = (answer.facts or {}).get("document_id") in nobodys
        if answer.type in ALWAYS_LOOKS and not recorded and not about_nobody:
            yield Violation("lost", f"the look {answer.cause} ({answer.type}) is not on record")
        elif missing := len(_shown(answer, patients) - recorded):
            text = f"{answer.cause} ({answer.type}) showed {missing} members that are not on record"
            yield Violation("lost", text)
        if answer.type == LINK and not opened[answer.cause]:
            yield Violation("lost", f"the opening {answer.cause} is not on record")
    for service, found in looks.items():
        if unasked := len(found.keys() - types.keys()):
            text = f"{service} has {unasked} looks on record that nobody asked for"
            yield Violation("wrong", text)
    for message_id, count in opened.items():
        if count > 1 or message_id not in types:
            yield Violation("double", f"{message_id} is on record {count} times")
    yield from _names(history)
    yield from _chain(history)


def _looks(history: History) -> Mapping[str, dict[str, set[str]]]:
    """By service and message: the members that are on record for it."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for service, tables in history.tables.items():
        for look in tables.looks:
            found[service][look.message_id].add(look.member_id)
    return found


def _patients(history: History) -> dict[str, str]:
    """Of claims: nobody else has to know of a claim that was only rejected."""
    adjudicated = history.of_type("claims.claim_adjudicated.v1")
    return {e.facts["claim_number"]: e.facts["patient"] for e in adjudicated if e.facts}


def _nobodys(history: History, patients: dict[str, str]) -> set[str]:
    """Documents of which no member is known: of a maintenance request, or of a rejected claim."""
    found: set[str] = set()
    for event in history.of_type("documents.document_received.v1"):
        kind, reference = (event.facts or {}).get("owner", ("", ""))
        if kind == "maintenance_request" or (kind == "claim" and reference not in patients):
            found.add(event.subject)
    return found


def _shown(answer: Record, patients: dict[str, str]) -> set[str]:
    """Whose data an answer holds. Documents are listed when all services have caught up, so theirs
    knows whose claims they are of."""
    facts = answer.facts or {}
    of_claims = {patients[claim] for claim in facts.get("of_claims", ()) if claim in patients}
    return of_claims.union(facts.get("members", ()))


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
