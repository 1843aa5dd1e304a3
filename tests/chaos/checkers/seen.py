"""What the checkers had before them: one that was given nothing holds every promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from portal_contracts.claims.events import ReadjudicationsOrdered
from portal_contracts.common import Parked, Refused
from portal_contracts.documents.events import DocumentReleased
from portal_contracts.providers.events import SlaBreached, SlaWarning
from portal_contracts.topics import SERVICES
from tests.chaos.extract import KEPT
from tests.chaos.history import History, Violation
from tests.chaos.orders import ANSWERED, OWED, QUERY, STRANGER

NOT_DONE = frozenset({Refused.TYPE, Parked.TYPE})
ENOUGH = 20
"""Commands of a kind of which not all can rightly have been refused."""


def check(history: History) -> Iterator[Violation]:
    yield from _unread(history)
    yield from _owed(history)
    if history.whole:
        for what, count in looked_at(history).items():
            if not count:
                yield Violation("wrong", f"nothing looked at: {what}")
        yield from _all_refused(history)


def looked_at(history: History) -> dict[str, int]:
    """How much of each kind there was to judge; zero of any means that a checker was idle."""
    tables = list(history.tables.values())
    return {
        "commands answered (I1)": len(_answered(history, ANSWERED)),
        "queries answered (I1, I12)": len(_answered(history, QUERY)),
        "parked rows (I1, I14)": sum(len(t.parked) for t in tables),
        "messages made by services (I2, I3)": sum(len(t.journal) for t in tables),
        "offsets committed (I4, I14)": len(history.committed),
        "copies of others' facts (I5)": sum(len(t.facts) for t in tables),
        "payments (I7, I8)": sum(entry.kind == "payment" for entry in history.money.ledger),
        "members' accumulators (I7)": len(history.money.accumulators),
        "fan-outs (I2)": _events(history, ReadjudicationsOrdered.TYPE),
        "documents released (I9, I13)": _events(history, DocumentReleased.TYPE),
        "documents sent clean (I9)": len(history.clean),
        "links to documents (I9, I15)": _answers(history, "documents.download_link.v1"),
        "warnings (I10)": _events(history, SlaWarning.TYPE),
        "breaches (I10)": _events(history, SlaBreached.TYPE),
        "decisions of authorization lines (I11)": _events(history, "auth.lines_decided.v1"),
        "members on file (I11)": len(history.tables["eligibility"].states),
        "other insurance added (I11)": _answers(history, "eligibility.cob_added.v1"),
        "strangers' commands refused (I12)": _strangers(history, ANSWERED),
        "strangers' queries refused (I12)": _strangers(history, QUERY),
        "topics listened to (I14)": len(history.listens),
        "answers that show claims (I12)": sum(bool((a.facts or {}).get("shown"))
                                              for a in history.answers),
        "access-log rows (I15)": sum(len(t.looks) for t in tables),
    }  # fmt: skip


def _answered(history: History, expect: str) -> set[str]:
    asked = {sent.id for sent in history.sent if sent.expect == expect}
    return asked & {a.cause for a in history.answers if a.type not in NOT_DONE}


def _strangers(history: History, expect: str) -> int:
    asked = {s.id for s in history.sent if s.expect == expect and s.code == STRANGER}
    return len(asked & {a.cause for a in history.answers if a.type == Refused.TYPE})


def _events(history: History, type_: str) -> int:
    return sum(1 for _ in history.of_type(type_))


def _answers(history: History, type_: str) -> int:
    return sum(answer.type == type_ for answer in history.answers)


def _unread(history: History) -> Iterator[Violation]:
    """A body that the checkers cannot read is one that they pass over in silence."""
    unread = Counter(
        record.type
        for record in (*history.events, *history.answers)
        if record.source in SERVICES and record.type in KEPT and record.facts is None
    )
    for type_, count in unread.items():
        yield Violation("wrong", f"{count} bodies of {type_} are not what its contract says")


def _owed(history: History) -> Iterator[Violation]:
    """Queries may be lost under fire; of those asked after it, each kind has its answer."""
    done = {a.cause for a in history.answers if a.type not in NOT_DONE}
    kinds: Counter[str] = Counter()
    for sent in history.sent:
        if sent.code == OWED:
            kinds[sent.type] += sent.id in done
    for type_, count in kinds.items():
        if not count:
            yield Violation("lost", f"no {type_} was answered after all was healed")


def _all_refused(history: History) -> Iterator[Violation]:
    kinds = {
        sent.id: sent.type
        for sent in history.sent
        if sent.expect == ANSWERED and sent.code != STRANGER
    }
    done = {kinds[a.cause] for a in history.answers if a.cause in kinds and a.type not in NOT_DONE}
    for type_, count in Counter(kinds.values()).items():
        if count >= ENOUGH and type_ not in done:
            yield Violation("wrong", f"not one of {count} {type_} was accepted")
