"""Our end of the watchdog (`watchdog.py`): what we started ends with us, however we end.

Two nets. What we watch is asked to stop in its own way. And everything that descends from us has
our mark in its environment, in whatever session it is and whoever started it: a grandchild, a
process started the moment before we were killed, one that somebody forgot.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from pathlib import Path

from portal_cli.infra import watchdog

MARK = watchdog.MARK
_lock = threading.Lock()
_watchdog: subprocess.Popen[bytes] | None = None
_token = ""
_told: dict[str, str] = {}
"""What the watchdog has to know, so that another one can be told should somebody kill it."""


def guard() -> None:
    """From now on nothing that we start outlives us."""
    with _lock:
        _awake()


def watch(pid: int, stop_signal: int = signal.SIGTERM) -> None:
    """Stop the process group of `pid` with this signal when we die."""
    _tell(f"+ {pid}", f"+ {pid} {int(stop_signal)}")


def forget(pid: int) -> None:
    """It has ended by itself; its number may be given to another process."""
    _tell(f"+ {pid}", f"- {pid}")


def discard(path: Path) -> None:
    """Remove this temporary directory when we die."""
    if not path.resolve().is_relative_to(Path(tempfile.gettempdir()).resolve()):
        raise ValueError(f"{path} is not a temporary directory")
    _tell(f"rm {path.resolve()}", f"rm {path.resolve()}")


def mark() -> dict[str, str]:
    """For an environment that was taken from ours before we had a watchdog."""
    guard()
    return {MARK: os.environ[MARK]}


def _tell(about: str, line: str) -> None:
    with _lock:
        _awake()
        if line.startswith("-"):
            _told.pop(about, None)
        else:
            _told[about] = line
        _say(line)


def _awake() -> None:
    """One watchdog a process; one that was killed has a successor that knows as much."""
    global _watchdog, _token
    if _watchdog is not None and _watchdog.poll() is None:
        return
    if not _token:
        # Behind those of others: who started us may end all that descends from it, us included.
        _token = f"{os.getpid()}-{uuid.uuid4().hex}"
        os.environ[MARK] = f"{os.environ.get(MARK, '')} {_token}".strip()
    _watchdog = subprocess.Popen(
        [sys.executable, "-SE", watchdog.__file__, _token],
        stdin=subprocess.PIPE,
        # Ours may be a pipe: whoever reads it is to see its end when we end.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
    for line in _told.values():
        _say(line)


def _say(line: str) -> None:
    assert _watchdog is not None and _watchdog.stdin is not None
    _watchdog.stdin.write(line.encode() + b"\n")
    _watchdog.stdin.flush()
