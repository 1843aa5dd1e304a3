"""A process that ends what its owner started, when the owner is gone (kill -9, crash, or done).

It has one end of a pipe to its owner: when the owner is gone the pipe closes. PR_SET_PDEATHSIG does
not serve here: it fires when the *thread* that started the child ends, it is lost when a child
changes its user, and grandchildren do not have it. It is told lines: `+ PID SIGNAL`, `- PID`,
`rm PATH`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time

MARK = "PORTAL_OWNERS"
"""Environment variable with the tokens of all owners of a process."""
PATIENCE = 8.0
"""Seconds to end in order; then they are killed."""
DYING = 5.0
"""Seconds in which an owner whose pipe has closed is seen to be dead."""


def main(token: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
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
    if _orphaned(int(token.split("-")[0])):
        _end(children, token.encode())
        for path in rubbish:
            shutil.rmtree(path, ignore_errors=True)


def _orphaned(owner: int) -> bool:
    """An owner that lives has lost us, and has another one."""
    deadline = time.monotonic() + DYING
    while os.getppid() == owner and time.monotonic() < deadline:
        time.sleep(0.02)
    return os.getppid() != owner


def _end(children: dict[int, int], token: bytes) -> None:
    """Until two looks in a row find nobody: one look may miss a process that is being forked."""
    deadline = time.monotonic() + PATIENCE
    asked: set[int] = set()
    nobody = 0
    while nobody < 2:
        groups = [pid for pid in children if _alive(pid)]
        strays = [pid for pid in _marked(token) if _group(pid) not in children]
        nobody = 0 if groups or strays else nobody + 1
        if time.monotonic() > deadline:
            _send(groups, signal.SIGKILL, strays)
            if time.monotonic() > 2 * PATIENCE + deadline:
                return  # in the kernel's hands: nothing more can be done to it
        else:
            for pid in set(groups) - asked:
                _send([pid], children[pid], [])
            _send([], signal.SIGTERM, [pid for pid in strays if pid not in asked])
            asked.update(groups, strays)
        time.sleep(0.1)


def _marked(token: bytes) -> list[int]:
    """Those whose environment names this owner."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as environ:
            if token in environ.read() and int(name) != os.getpid():
                found.append(int(name))
    return found


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _send(groups: list[int], number: int, strays: list[int]) -> None:
    for send, pids in ((os.killpg, groups), (os.kill, strays)):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                send(pid, number)


if __name__ == "__main__":
    main(sys.argv[1])
