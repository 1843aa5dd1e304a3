"""The fleet tells ends of its own from those that nobody has caused, with real processes."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_cli.infra.child import Child
from tests.chaos.instances import FAILPOINTS, Fleet, Instance, Process

SLEEPS = "import time; time.sleep(60)"
READY = "print('[info] ready     port=1', flush=True)"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the processes run instead of a service."""
    script = [f"{READY}; {SLEEPS}"]

    def start(self: Process) -> None:
        argv = [sys.executable, "-c", script[0]]
        self._child = Child(self.name, argv, self.log, env=os.environ, cwd=Path.cwd())
        self._child.start()

    monkeypatch.setattr(Process, "start", start)
    return script


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    made = Instance("claims", 0, {}, tmp_path)
    yield made
    for process in made.unaccounted:
        process.kill()


async def test_a_process_that_we_kill_is_no_news(script: list[str], instance: Instance) -> None:
    fleet = Fleet([instance], lambda _: None)
    instance.start()
    assert instance.signal(signal.SIGKILL)
    assert await instance.ended(5)
    fleet.account()
    assert (fleet.ends.wrong, dict(fleet.ends.expected)) == ([], {})
    assert not instance.signal(signal.SIGKILL)


async def test_a_process_that_somebody_else_kills_is(script: list[str], instance: Instance) -> None:
    fleet = Fleet([instance], lambda _: None)
    instance.start()
    assert instance.process.pid is not None
    os.kill(instance.process.pid, signal.SIGKILL)
    assert await instance.ended(5)
    for _ in range(2):
        fleet.account()
    assert len(fleet.ends.wrong) == 1


async def test_a_crash_is_told_although_the_fleet_starts_it_again(
    script: list[str], instance: Instance
) -> None:
    fleet = Fleet([], lambda _: None)
    fleet.guests.append(instance)
    script[0] = f"{READY}; raise KeyError('x')"
    instance.start()
    assert await instance.ended(5)
    script[0] = SLEEPS
    instance.start()
    fleet.account()
    assert fleet.ends.wrong == ["claims-0 ended with 1: KeyError: 'x'"]
    assert instance.alive


async def test_death_at_a_failpoint_is_counted(script: list[str], instance: Instance) -> None:
    fleet = Fleet([instance], lambda _: None)
    script[0] = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    instance.start(**{FAILPOINTS: "taken:1"})
    assert await instance.ended(5)
    fleet.account()
    assert (fleet.ends.wrong, dict(fleet.ends.expected)) == ([], {"at a failpoint": 1})


async def test_frozen_and_woken_is_still_answerable_for_its_end(
    script: list[str], instance: Instance
) -> None:
    instance.start()
    assert instance.signal(signal.SIGSTOP)
    assert instance.signal(signal.SIGCONT)
    assert not instance.process.ended_by_us
    instance.process.stop()
    assert instance.process.ended_by_us
