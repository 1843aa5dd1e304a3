"""I13: a released document is in the store with the hash it was checked with; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.history import History, Violation

SEALED, QUARANTINE = "documents/", "quarantine/"


def check(history: History) -> Iterator[Violation]:
    for document_id, digest in history.sealed.items():
        found = history.objects.get(SEALED + document_id)
        if found is None:
            yield Violation("lost", f"{document_id} is released and its file is gone")
        elif found != digest:
            yield Violation("wrong", f"{document_id} is released with another content")
    for key in history.objects:
        document_id = key.rsplit("/", 1)[-1]
        if key.startswith(SEALED) and document_id not in history.sealed:
            yield Violation("wrong", f"{key} is in the store and not released")
        elif key.startswith(QUARANTINE):
            yield Violation("wrong", f"{key} was never swept")
