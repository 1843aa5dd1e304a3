"""Processes of ours end when they should, and say why when they should not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal_cli.infra.base import InfraError
from portal_cli.infra.child import Child

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
