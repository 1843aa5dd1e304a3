"""What all breaks of a good history share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.chaos.history import History, Record

Break = Callable[[History], None]


def event_of(history: History, id_: str) -> Record:
    return next(e for e in history.events if e.id == id_)


def change(history: History, id_: str, **facts: Any) -> None:
    """Another content of an event."""
    old = event_of(history, id_)
    history.events[history.events.index(old)] = replace(old, facts={**(old.facts or {}), **facts})


def drop(records: list[Record], id_: str) -> None:
    records[:] = [r for r in records if r.id != id_]
