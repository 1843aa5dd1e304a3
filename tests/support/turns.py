"""Which tests run when, if several workers share them (pytest-xdist), and which of them alone."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FIRST = (
    "tests/e2e/test_portal_up.py",
    "tests/e2e/test_ended.py",
    "tests/integration/runtime/test_crashes.py",
    "tests/e2e",
    "tests/integration",
    "tests/conformance",
    "tests/model/test_documents.py",
    "tests/model",
    "tests/unit/cli/test_stack_down.py",
    "tests/unit/cli/test_which.py",
    "tests/contracts",
)
"""What takes longest comes first, so that at the end no worker waits for another's last file."""
FOLDER = "turns"
"""By this name the controller tells its workers where they hold their turns."""
ALONE = "tests/chaos"
"""It judges what a stack under fire does in time: nobody else may use the processors then."""


def order(items: list[pytest.Item]) -> None:
    """A file stays together and as it is written."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    if nodeid.startswith(ALONE):
        return len(FIRST) + 1
    return next((n for n, path in enumerate(FIRST) if nodeid.startswith(path)), len(FIRST))


@contextmanager
def turn(item: pytest.Item) -> Iterator[None]:
    """One of many at a time; a test that runs alone waits until every other worker is between two.

    That is when the others have no more to do: as long as one of them goes on, it may.
    """
    folder = getattr(item.config, "workerinput", {}).get(FOLDER)
    if folder is None:  # one process only
        yield
        return
    with Path(folder, "turn").open("a") as held:
        alone = item.nodeid.startswith(ALONE)
        fcntl.flock(held, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
