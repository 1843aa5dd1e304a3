"""I3: what was committed is in Kafka, and nothing is in Kafka that was not committed; and answers
are, to the byte, those that were committed with what they answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from portal_contracts.common import Parked, Refused
from tests.chaos.checkers.i04_offsets import origin
from tests.chaos.history import History, Record, Taken, Violation
from tests.chaos.orders import QUERY

COMMANDS = ".commands"
SENT_AGAIN = frozenset({"replaying", "replayed"})
NOT_KEPT = frozenset(
    {
        "unknown_type",
        *("not_authenticated", "forbidden", "no_tax_id", "too_large", "too_old", "wrong_key"),
        *("wrong_partition", "id_reused", "bad_headers", "reserved_id", "empty_body"),
    }
)
"""Refusals of which the inbox keeps nothing: nobody vouches for the asker, it came to the wrong
place or far too late, the id belongs to another message, or the next release may know its type.
Whether they were right says I1."""


def check(history: History) -> Iterator[Violation]:
    published = {(r.topic, r.id): r for r in (*history.commands, *history.events)}
    for service, tables in history.tables.items():
        for row in tables.journal:
            record = published.get((row.topic, row.id))
            if record is None:
                yield Violation("lost", f"{service} committed {row.type} {row.id}, not published")
            elif record.digest != row.digest or record.key != row.key:
                yield Violation("wrong", f"{service} published {row.id} with another content")
    yield from _nothing_else(history)
    yield from _answers(history)


def _nothing_else(history: History) -> Iterator[Violation]:
    """Commands without a cause are timers that fired; their rows are gone when they are through."""
    written = {service: {row.id for row in t.journal} for service, t in history.tables.items()}
    for record in history.first_of((*history.events, *history.commands)):
        if record.source not in written or (not record.cause and record.topic.endswith(COMMANDS)):
            continue
        if record.id not in written[record.source]:
            text = f"{record.type} {record.id} is in {record.topic} and was never committed"
            yield Violation("wrong", text)


def _answers(history: History) -> Iterator[Violation]:
    """Every copy of an answer, however often it was given."""
    queries = {sent.id for sent in history.sent if sent.expect == QUERY}
    origins: dict[str, list[str]] = defaultdict(list)
    for record in history.commands:
        origins[record.id].append(origin(record))
    replayed = _replayed(history)
    for answer in history.answers:
        if answer.cause in queries or _not_kept(answer):
            continue
        if answer.type == Parked.TYPE and (answer.source, answer.cause) in replayed:
            continue  # the answer before the decision: replaying makes the inbox forget it
        inbox = history.tables[answer.source].inbox
        ids = (answer.cause, *origins[answer.cause])
        rows = [inbox[mid] for mid in ids if mid in inbox]
        yield from _as_committed(answer, rows)


def _as_committed(answer: Record, rows: list[Taken]) -> Iterator[Violation]:
    told = f"{answer.source} answered {answer.cause} with {answer.type}"
    if not rows:
        yield Violation("wrong", f"{told} and committed nothing")
    elif answer.type not in {row.reply_type for row in rows}:
        committed = sorted(row.reply_type or "no answer" for row in rows)
        yield Violation("wrong", f"{told}, committed is {committed}")
    elif (answer.type, answer.digest) not in {(row.reply_type, row.digest) for row in rows}:
        yield Violation("wrong", f"{told}, committed is one with another content")


def _not_kept(answer: Record) -> bool:
    codes = (answer.facts or {}).get("codes", ())
    return answer.type == Refused.TYPE and bool(NOT_KEPT.intersection(codes))


def _replayed(history: History) -> set[tuple[str, str | None]]:
    return {
        (service, row.message_id)
        for service, tables in history.tables.items()
        for row in tables.parked
        if row.state in SENT_AGAIN
    }
