"""Why a service process ended that nobody here had ended: by its exit code and by its log."""

from __future__ import annotations

import re
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ALLOWED = {
    "another process has this name": "its name was given away",
    "part=instance lease": "its name was given away",
    "refused by Kafka": "refused by Kafka",
    "its fetching has ended": "its fetching ended",
}
"""Words of a log that say that a process rightly ended itself, and what the run prints."""
STAGE = "a stage failed"
READY = re.compile(r"""\bready\b.*\bport\b""")
AWAY = re.compile(
    r"ConnectionRefusedError|ConnectionResetError|ConnectionError|ConnectionDoesNotExist|"
    r"CannotConnectNow|TooManyConnections|InterfaceError|InternalClientError|AdminShutdown|"
    r"CrashShutdown|ReadOnlySQLTransaction|TimeoutError|OSError|LockNotAvailable|"
    r"aiokafka\.errors|IncompleteReadError|"
    r"OperatorInterventionError|MaxRetryError|urllib3"
)
"""Errors of a process that begins while PostgreSQL, Kafka or the store is away."""
LAST_WORDS = 3000
"""Characters in which the error that ended a process stands."""


@dataclass
class Ends:
    """All of them in one run."""

    expected: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, name: str, code: int | None, log: Path, failpoint: str = "") -> None:
        text = log.read_text(errors="replace") if log.exists() else ""
        why, is_expected = judge(code, text, failpoint)
        if is_expected:
            self.expected[why] += 1
        else:
            self.wrong.append(f"{name} ended with {code}: {why}")


def judge(code: int | None, log: str, failpoint: str = "") -> tuple[str, bool]:
    """What to call this end, and whether it may be."""
    if failpoint and code == -signal.SIGKILL:
        return "at a failpoint", True
    if STAGE in log:
        return _line(log, STAGE), False
    for words, name in ALLOWED.items():
        if words in log:
            return name, True
    if not READY.search(log) and AWAY.search(log[-LAST_WORDS:]):
        return "a server was away while it started", True
    return _last(log), False


def _line(log: str, words: str) -> str:
    return next(line for line in log.splitlines() if words in line).strip()[:300]


def _last(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"
