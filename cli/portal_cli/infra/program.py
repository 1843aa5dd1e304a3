"""Programs that end by themselves (initdb, Maven), and can be told to end earlier."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Sequence

from portal_cli.infra import reaper
from portal_cli.infra.child import as_user

_lock = threading.Lock()
_running: set[int] = set()


def run(argv: Sequence[str], *, user: str | None = None) -> subprocess.CompletedProcess[str]:
    """Wait for it, as `subprocess.run` does, in a session of its own: Ctrl-C reaches us only."""
    env = {**os.environ, **reaper.mark()}
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=env,
        cwd="/",
        start_new_session=True,
        **as_user(user),
    )
    reaper.watch(process.pid)
    with _lock:
        _running.add(process.pid)
    try:
        said, complained = process.communicate()
    finally:
        with _lock:
            _running.discard(process.pid)
        reaper.forget(process.pid)
    return subprocess.CompletedProcess(argv, process.returncode, said, complained)


def interrupt() -> None:
    """Ask all of them to end: somebody waits for them and is to wait no longer."""
    with _lock:
        for pid in _running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGTERM)
