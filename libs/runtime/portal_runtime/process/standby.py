"""A standby process that has imported everything forks the worker.

Two thirds of a start are imports. When the working process is killed (the kernel is out of memory,
a library crashes), the next one is forked from the standby process and works within a moment;
static membership does the rest. Switched on by PORTAL_STANDBY (ADR 11).
"""

import ctypes
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

PAUSE = 0.5
"""Seconds that a worker must have lived to be followed by the next one at once."""
PR_SET_PDEATHSIG = 1
FORWARDED = (signal.SIGTERM, signal.SIGINT)


def stand_by(work: Callable[[], None]) -> NoReturn:
    """Run `work` in forked processes until one ends by itself or we are asked to end.

    Nothing may have started a thread or an event loop before. Ends as the worker ended.
    """
    asked: list[int] = []
    worker = 0

    def forward(number: int, _: object) -> None:
        asked.append(number)
        if worker:
            with suppress(ProcessLookupError):
                os.kill(worker, number)

    for number in FORWARDED:
        signal.signal(number, forward)
    while True:
        began = time.monotonic()
        worker = _fork(work, os.getpid())
        status = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
        if asked or status >= 0:
            raise SystemExit(status if status >= 0 else 128 - status)
        time.sleep(max(0.0, PAUSE - (time.monotonic() - began)))


def _fork(work: Callable[[], None], parent: int) -> int:
    """The worker's process id; in the worker itself this never returns."""
    worker = os.fork()
    if worker:
        return worker
    code = 1
    try:
        for number in FORWARDED:
            signal.signal(number, signal.SIG_DFL)
        _end_with(parent)
        work()
        code = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, flush=True)
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def _end_with(parent: int) -> None:
    """Whoever kills the standby process means the service: no worker is to go on unseen."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we could say so
        os._exit(1)
