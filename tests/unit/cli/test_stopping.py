"""A command hears that it is to stop, wherever it is at the moment, and whoever started it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

IN_A_CALLBACK = """
import asyncio, sys, time
from portal_cli.stopping import Stopped, on_signals
async def main():
    # In a callback of the loop an exception that is no KeyboardInterrupt would be logged and lost.
    asyncio.get_running_loop().call_later(0.01, lambda: (print("up", flush=True), time.sleep(20)))
    try:
        await asyncio.sleep(30)
    finally:
        await asyncio.sleep(0.01)
        print("closed", flush=True)
with on_signals():
    try:
        asyncio.run(main())
    except Stopped as stopped:
        print(stopped)
"""
HANGS = """
import time
from portal_cli.stopping import Stopped, on_signals
with on_signals():
    try:
        print("up", flush=True)
        time.sleep(20)
    except Stopped:
        print("stopping", flush=True)
        time.sleep(20)
"""


def started(code: str, *ignored: str) -> subprocess.Popen[str]:
    words = ["sh", "-c", f"trap '' {' '.join(ignored)}; exec \"$@\"" if ignored else 'exec "$@"']
    process = subprocess.Popen(
        [*words, "sh", sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdout.readline() == "up\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_stops_it_in_order(number: signal.Signals) -> None:
    process = started(IN_A_CALLBACK, "INT")
    process.send_signal(number)
    said, _ = process.communicate(timeout=15)
    assert said == f"closed\n{number.name}\n"


def test_nohup_keeps_its_meaning() -> None:
    process = started(HANGS, "HUP")
    process.send_signal(signal.SIGHUP)
    time.sleep(0.3)
    process.kill()
    said, _ = process.communicate()
    assert said == ""


def test_a_second_signal_with_the_first_is_the_same_request_and_a_later_one_does_not_wait() -> None:
    process = started(HANGS)
    process.send_signal(signal.SIGINT)
    assert process.stdout and process.stdout.readline() == "stopping\n"
    process.send_signal(signal.SIGTERM)
    time.sleep(2.2)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=5)
    assert process.returncode == 128 + signal.SIGINT
