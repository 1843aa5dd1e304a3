"""How a command ends when it is asked to: once, in order, whoever started it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ONE_REQUEST = 2.0
"""Seconds: `make`, `timeout` and terminals send a second signal with the first."""


class Stopped(KeyboardInterrupt):
    """Ctrl-C, SIGTERM or a closed terminal, wherever it finds us.

    A KeyboardInterrupt, because an event loop lets nothing else through: it handles any other
    exception of a callback itself, and the request would be lost.
    """


@contextmanager
def on_signals() -> Iterator[None]:
    """Inside, the first signal raises `Stopped`, so that everything is closed in order.

    Also where a shell started us in the background and has SIGINT ignored. SIGHUP stays ignored
    where `nohup` has it so. Who asks again later does not want to wait: the watchdog does the rest.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # whoever runs the command in a thread hears the signals itself
        return
    asked_at: list[float] = []

    def stop(number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if not asked_at:
            asked_at.append(now)
            if number == signal.SIGHUP:
                _speak_to_nobody()
            raise Stopped(signal.Signals(number).name)
        if now - asked_at[0] > ONE_REQUEST:
            os._exit(128 + number)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        if number != signal.SIGHUP or before[number] != signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _speak_to_nobody() -> None:
    """The terminal is gone, and an error of printing must not keep us from stopping."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if stream.isatty():
            os.dup2(nowhere, stream.fileno())
