"""What a command has left running: everything that descends from it carries a word of ours."""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path

WORD = "PORTAL_TEST_LEFTOVERS"


def tagged(env: dict[str, str] | None = None) -> tuple[dict[str, str], str]:
    """An environment by which all that a command starts is found again, and its word."""
    word = uuid.uuid4().hex
    return {**(os.environ if env is None else env), WORD: word}, word


def alive(word: str) -> list[str]:
    """Command lines of the processes that have it; the environment of a zombie is empty."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if word.encode() in (place / "environ").read_bytes():
                line = (place / "cmdline").read_bytes().replace(b"\0", b" ")
                found.append(f"{place.name}: {line.decode(errors='replace')[:200]}")
    return found


def until_running(word: str, program: str, seconds: float = 120) -> None:
    """Until a process with the word has this in its command line."""
    deadline = time.monotonic() + seconds
    while not any(program in line for line in alive(word)):
        assert time.monotonic() < deadline, f"no {program} among {alive(word)}"
        time.sleep(0.02)


def until_gone(word: str, seconds: float = 30) -> list[str]:
    """Who is left after so many seconds; the watchdog gives its charges some to end in order."""
    deadline = time.monotonic() + seconds
    while (left := alive(word)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left
