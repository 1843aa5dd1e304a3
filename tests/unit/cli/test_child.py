"""Processes of ours end when they should, and say why when they should not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal_cli.infra import watchdog
from portal_cli.infra.base import InfraError
from portal_cli.infra.child import Child
from tests.support.leftovers import tagged, until_gone, until_running

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)"
PARENT = """
import sys, time
from pathlib import Path
from portal_cli.infra import reaper
from portal_cli.infra.child import Child
reaper.discard(Path(sys.argv[1]))
child = Child("sleeper", ["sleep", "1000"], Path(sys.argv[1]) / "log")
child.start()
print(child.pid, flush=True)
time.sleep(1000)
"""


FORGETFUL = """
import subprocess, sys
from portal_cli.infra import reaper
reaper.guard()
between = "import subprocess, sys; subprocess.run(['setsid', 'sleep', '1000'])"
subprocess.Popen([sys.executable, "-c", between], start_new_session=True)
print("started", flush=True)
sys.stdin.read()
"""
"""Its grandchild is in a session of its own, and nobody told the watchdog of either."""
TWO_WATCHDOGS = """
import sys, time
from pathlib import Path
from portal_cli.infra import reaper
rubbish = Path(sys.argv[1]) / "rubbish"
rubbish.mkdir()
reaper.discard(rubbish)
reaper._watchdog.kill()
reaper._watchdog.wait()
reaper.guard()
print("started", flush=True)
time.sleep(1000)
"""
RUNNING_A_PROGRAM = """
import threading, time
from portal_cli.infra import program
thread = threading.Thread(target=lambda: print(program.run(["sleep", "1000"]).returncode))
thread.start()
while not program._running:
    time.sleep(0.01)
program.interrupt()
thread.join()
"""


def _child(tmp_path: Path, code: str) -> Child:
    return Child("thing", [sys.executable, "-c", code], tmp_path / "logs" / "thing.log")


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def _until_gone(pid: int, seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not _gone(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return _gone(pid)


def test_one_that_dies_while_starting_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = _child(tmp_path, "print('no disk left'); raise SystemExit(3)")
    child.start()
    with pytest.raises(InfraError, match=r"ended while starting(.|\n)*no disk left"):
        child.wait_until(lambda: False, 10)
    assert not child.alive


def test_one_that_is_never_ready_is_reported_with_its_log(tmp_path: Path) -> None:
    child = _child(tmp_path, "import time; time.sleep(60)")
    child.start()
    try:
        with pytest.raises(InfraError, match=r"not ready after 0 s(.|\n)*thing\.log"):
            child.wait_until(lambda: False, 0.2)
    finally:
        child.stop()


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = _child(tmp_path, f"{DEAF}; time.sleep(60)")
    child.start()
    child.wait_until(lambda: child.said("up"), 10)
    pid = child.pid
    assert pid is not None
    child.stop(seconds=0.2)
    assert _gone(pid)


def test_its_log_starts_empty_unless_it_goes_on(tmp_path: Path) -> None:
    child = _child(tmp_path, "print('hello')")
    for append in (False, True, False):
        child.start(append=append)
        child.wait_until(lambda: not child.alive, 10)
        child.stop()
    assert child.log.read_text() == "hello\n"


def test_when_we_are_killed_our_children_end_and_temporary_files_go(tmp_path: Path) -> None:
    place = tmp_path / "rubbish"
    place.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(place)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert not _gone(child)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert _until_gone(child)
    deadline = time.monotonic() + 15
    while place.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not place.exists()


@pytest.mark.parametrize("end", ["killed", "done"])
def test_what_somebody_forgot_ends_with_us_too(end: str) -> None:
    env, word = tagged()
    parent = subprocess.Popen(
        [sys.executable, "-c", FORGETFUL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
    )
    assert parent.stdout is not None and parent.stdin is not None
    parent.stdout.readline()
    until_running(word, "sleep 1000")
    if end == "killed":
        parent.kill()
    parent.stdin.close()
    parent.wait()
    parent.stdout.close()
    assert until_gone(word, 15) == []


def test_a_watchdog_that_was_killed_has_a_successor_that_knows_as_much(tmp_path: Path) -> None:
    env, word = tagged()
    parent = subprocess.Popen(
        [sys.executable, "-c", TWO_WATCHDOGS, str(tmp_path)], stdout=subprocess.PIPE, env=env
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    until_running(word, "watchdog.py")
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert until_gone(word, 15) == []
    assert not (tmp_path / "rubbish").exists()


def test_one_that_lost_its_pipe_harms_nobody_whose_owner_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watchdog, "DYING", 0.1)
    assert not watchdog._orphaned(os.getppid())
    assert watchdog._orphaned(os.getpid())


def test_a_program_that_is_waited_for_can_be_told_to_end() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUNNING_A_PROGRAM], capture_output=True, text=True, timeout=20
    )
    assert done.stdout == f"{-signal.SIGTERM}\n"
