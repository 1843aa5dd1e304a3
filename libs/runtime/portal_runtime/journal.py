"""Rows of the journal: everything a batch sends, in order (audit trail and outbox in one).

The view `journal_messages` shows its two tables as one, a row for each message.
"""

from typing import Any

from portal_runtime.batch import Batch, BulkOrder, Produced

JOURNAL = (
    "batch",
    "n",
    "id",
    "topic",
    "key",
    "type",
    "subject",
    "body",
    "cause",
    "correlation",
    "traceparent",
    "actor",
    "at",
)
_MANY = {"id": "ids", "key": "keys", "subject": "subjects", "body": "bodies"}
JOURNAL_BULK = tuple(_MANY.get(name, name) for name in JOURNAL)

Rows = list[tuple[Any, ...]]


def journal_rows(batch: Batch) -> tuple[Rows, Rows]:
    """(rows of `journal`, rows of `journal_bulk`); `n` counts the messages of both."""
    single: Rows = []
    bulk: Rows = []
    n = 0
    for made in batch.produced:
        end = (made.cause, made.correlation, made.traceparent or None, made.actor, batch.now)
        if isinstance(made, BulkOrder):
            many = (made.ids, made.topic, made.keys, made.type, made.subjects, made.bodies)
            bulk.append((batch.id, n, *many, *end))
            n += len(made.ids)
        else:
            one = (made.id, made.topic, made.key, made.type, made.subject, made.body)
            single.append((batch.id, n, *one, *end))
            n += 1
    return single, bulk


def one_of(row: Any) -> Produced:
    """A row of `journal`, as it was when it was written."""
    about = (row["topic"], row["key"], row["type"], row["subject"], row["body"])
    return Produced(str(row["id"]), *about, *_end_of(row))


def many_of(row: Any) -> BulkOrder:
    """A row of `journal_bulk`, as it was when it was written."""
    about = (row["topic"], row["keys"], row["type"], row["subjects"], row["bodies"])
    return BulkOrder([str(i) for i in row["ids"]], *about, *_end_of(row))


def _end_of(row: Any) -> tuple[str, str, str, str]:
    return str(row["cause"]), row["correlation"], row["traceparent"] or "", row["actor"]
