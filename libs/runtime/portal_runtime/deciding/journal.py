"""Rows of the journal: everything a batch sends, in order (audit trail and outbox in one).

The view `journal_messages` shows its two tables as one, a row for each message.
"""

from typing import Any

from pydantic_core import to_json

from portal_runtime.deciding.batch import Batch
from portal_runtime.deciding.produced import BulkOrder, Produced

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
JOURNAL_BULK = (
    *("batch", "n", "about", "topic", "type", "bodies"),
    *("cause", "correlation", "traceparent", "actor", "at"),
)

Rows = list[tuple[Any, ...]]


def journal_rows(batch: Batch) -> tuple[Rows, Rows]:
    """(rows of `journal`, rows of `journal_bulk`); `n` counts the messages of both."""
    single: Rows = []
    bulk: Rows = []
    n = 0
    for made in batch.produced:
        end = (made.cause, made.correlation, made.traceparent or None, made.actor, batch.now)
        if isinstance(made, BulkOrder):
            bulk.append((batch.id, n, _about(made), made.topic, made.type, _bodies(made), *end))
            n += len(made.ids)
        else:
            one = (made.id, made.topic, made.key, made.type, made.subject, made.body)
            single.append((batch.id, n, *one, *end))
            n += 1
    return single, bulk


def _about(order: BulkOrder) -> str:
    """`[[id, key, subject], ...]`"""
    return to_json(list(zip(order.ids, order.keys, order.subjects, strict=True))).decode()


def _bodies(order: BulkOrder) -> str:
    """`[body, ...]`, each byte for byte as it is sent."""
    return (b"[" + b",".join(order.bodies) + b"]").decode()


def message_of(row: Any) -> Produced:
    """A row of `journal_messages`, as it was when it was written."""
    about = (row["topic"], row["key"], row["type"], row["subject"], row["body"])
    end = (str(row["cause"]), row["correlation"], row["traceparent"] or "", row["actor"])
    return Produced(str(row["id"]), *about, *end)
