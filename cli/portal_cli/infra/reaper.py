"""A watchdog that ends our children when we die without a chance to do it (kill -9, crash).

It is a process of its own with one end of a pipe: when we are gone the pipe closes, and it ends
the process groups it was told about. PR_SET_PDEATHSIG does not serve here: it fires when the
*thread* that started the child ends, and it is lost when a child changes its user.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

_lock = threading.Lock()
_watchdog: subprocess.Popen[bytes] | None = None


def watch(pid: int, stop_signal: int = signal.SIGTERM) -> None:
    """End the process group of `pid` when we die."""
    _tell(f"+ {pid} {int(stop_signal)}")


def forget(pid: int) -> None:
    """It has ended by itself; its number may be given to another process."""
    _tell(f"- {pid}")


def discard(path: Path) -> None:
    """Remove this temporary directory when we die."""
    if not path.resolve().is_relative_to(Path(tempfile.gettempdir()).resolve()):
        raise ValueError(f"{path} is not a temporary directory")
    _tell(f"rm {path.resolve()}")


def _tell(line: str) -> None:
    global _watchdog
    with _lock:
        if _watchdog is None or _watchdog.poll() is not None:
            _watchdog = subprocess.Popen(
                [sys.executable, "-SE", __file__], stdin=subprocess.PIPE, start_new_session=True
            )
        assert _watchdog.stdin is not None
        _watchdog.stdin.write(line.encode() + b"\n")
        _watchdog.stdin.flush()


def _main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    children: dict[int, int] = {}
    rubbish: list[str] = []
    for line in sys.stdin:
        match line.split(maxsplit=2):
            case ["+", pid, stop_signal]:
                children[int(pid)] = int(stop_signal)
            case ["-", pid]:
                children.pop(int(pid), None)
            case ["rm", *rest]:
                rubbish.append(" ".join(rest))
    _end(children)
    for path in rubbish:
        shutil.rmtree(path, ignore_errors=True)


def _end(children: dict[int, int]) -> None:
    for pid, stop_signal in children.items():
        _signal(pid, stop_signal)
    deadline = time.monotonic() + 8
    while any(_alive(pid) for pid in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in children:
        _signal(pid, signal.SIGKILL)


def _alive(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


if __name__ == "__main__":
    _main()
