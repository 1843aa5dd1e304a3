"""I1: every acknowledged command has exactly one outcome: accepted, refused, or parked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from portal_contracts.common import Parked, Refused
from tests.chaos.history import History, ParkedRow, Record, Violation
from tests.chaos.intent import Sent
from tests.chaos.orders import ANSWERED, PARKED, REFUSED, REUSED

REUSED_CODE = ["id_reused"]
UNHEARD = frozenset(
    {
        *("not_authenticated", "forbidden", "too_old", "wrong_key", "wrong_partition"),
        *("unknown_type", "not_json", "too_large", "control_character"),
        *("bad_headers", "reserved_id", "empty_body", "no_tax_id"),
    }
)
"""Codes of the envelope and of trust: an honest message never earns one. A service that refuses
everything would otherwise keep every promise, since each refusal is an outcome."""


def check(history: History) -> Iterator[Violation]:
    answers: dict[str, list[Record]] = defaultdict(list)
    for answer in history.answers:
        answers[answer.cause].append(answer)
    yield from _in_kafka(history)
    groups: dict[str, list[Sent]] = defaultdict(list)
    landed = {(r.id, r.topic) for r in history.commands}
    for sent in history.sent:
        if sent.expect in (ANSWERED, REUSED) and (sent.acked or (sent.id, sent.topic) in landed):
            groups[sent.id].append(sent)
    replayed = {
        row.message_id
        for tables in history.tables.values()
        for row in tables.parked
        if row.state == "replayed"
    }
    for mid, copies in groups.items():
        yield from _one_outcome(mid, copies, answers[mid], mid in replayed)
    yield from _bad_ones(history, answers)


def _in_kafka(history: History) -> Iterator[Violation]:
    """What Kafka has acknowledged stands where it said."""
    there = {record.place: record.id for record in (*history.commands, *history.events)}
    for sent in history.sent:
        if sent.acked and not sent.topic.endswith(".queries") and sent.place not in there:
            yield Violation("lost", f"Kafka acknowledged {sent.place} and does not have it")


def _one_outcome(
    mid: str, copies: list[Sent], answers: list[Record], replayed: bool
) -> Iterator[Violation]:
    reused = [a for a in answers if _codes(a) == REUSED_CODE]
    outcomes = {(a.type, a.digest) for a in answers if _codes(a) != REUSED_CODE}
    if replayed and len(outcomes) == 2:
        outcomes = {o for o in outcomes if o[0] != Parked.TYPE}
    if not outcomes:
        yield Violation("lost", f"{copies[0].type} {mid} was never answered")
    if len(outcomes) > 1:
        types = sorted(type_ for type_, _ in outcomes)
        yield Violation("double", f"{copies[0].type} {mid} has several outcomes: {types}")
    if unheard := UNHEARD & {code for a in answers for code in _codes(a) or ()}:
        yield Violation("wrong", f"{copies[0].type} {mid} was refused for {sorted(unheard)}")
    bodies = {copy.print for copy in copies if copy.acked}
    if len(bodies) > 1 and not reused:
        yield Violation("double", f"{mid} was used for two messages and none was refused")
    if len({copy.print for copy in copies}) == 1 and reused:
        yield Violation("wrong", f"{mid} was refused as used before, by itself")


def _bad_ones(history: History, answers: dict[str, list[Record]]) -> Iterator[Violation]:
    """Poison that names where to answer is refused with its code, other poison is parked with its
    reason at its place; nothing is both, and nothing else is parked.

    A copy that the driver sent again may be known by its id and not parked again, or be parked in
    the row of the first, when that was replayed meanwhile: then it stands at the first one's place.
    """
    parked: dict[tuple[str, int, int], list[ParkedRow]] = defaultdict(list)
    alike: dict[tuple[str, str, str], list[ParkedRow]] = defaultdict(list)
    there = {record.place: record for record in (*history.commands, *history.events)}
    for tables in history.tables.values():
        for row in tables.parked:
            parked[row[:3]].append(row)
            if (record := there.get(row[:3])) is not None:
                alike[row.topic, record.id, record.digest].append(row)
    for sent in history.sent:
        if not sent.acked:
            continue
        rows = parked.pop(sent.place, [])
        if sent.expect == PARKED:
            rows = rows or alike[sent.topic, sent.id, sent.digest]
            if not any(sent.code in row.reason for row in rows):
                reasons = [row.reason for row in rows]
                yield Violation("lost", f"{sent.place} is not parked for '{sent.code}': {reasons}")
        elif rows:
            yield Violation("wrong", f"{sent.type} at {sent.place} was parked: {rows[0].reason}")
        if sent.expect in (PARKED, REFUSED) and sent.asked and not answers[sent.id]:
            yield Violation("lost", f"{sent.expect} at {sent.place} and not answered")
        if sent.expect == REFUSED:
            codes = {code for a in answers[sent.id] for code in _codes(a) or ()}
            if not codes or (sent.code and sent.code not in codes):
                yield Violation("wrong", f"{sent.place}: refused for {codes}, not '{sent.code}'")
    yield from _as_many(history, parked)


def _as_many(
    history: History, elsewhere: dict[tuple[str, int, int], list[ParkedRow]]
) -> Iterator[Violation]:
    """Poison that was replayed is parked again, at another place: one stays open for each sent."""
    digests = {record.place: record.digest for record in (*history.commands, *history.events)}
    poison = {(s.topic, s.digest) for s in history.sent if s.expect == PARKED}
    for place, rows in elsewhere.items():
        if (place[0], digests.get(place)) not in poison:
            yield Violation("wrong", f"a message of ours was parked at {place}: {rows[0].reason}")
    arrived = Counter(
        (record.topic, record.digest)
        for record in (*history.commands, *history.events)
        if (record.topic, record.digest) in poison
    )
    for service, tables in history.tables.items():
        ever = Counter((r[0], digests.get(r[:3], "")) for r in tables.parked)
        again = Counter(
            (r[0], digests.get(r[:3], "")) for r in tables.parked if r.state == "replayed"
        )
        for what, count in ever.items():
            if count > arrived[what]:
                text = f"{service} parked {count} of {arrived[what]} that came to {what[0]}"
                yield Violation("double", text)
            elif again[what] and count == again[what]:
                yield Violation("lost", f"{service}: poison of {what[0]} is gone after its replay")


def _codes(answer: Record) -> list[str] | None:
    if answer.type != Refused.TYPE or answer.facts is None:
        return None
    codes: list[str] = answer.facts["codes"]
    return codes
