"""The services as an orchestrator runs them: several instances, started again when they end.

Every end that the run has not caused is looked into (`ends.py`): started again and never spoken of,
a service that crashes all the time would pass for one that is merely late.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from portal_cli.infra.ports import take_port
from portal_cli.services import ServiceProcess
from tests.chaos.ends import Ends

STARTS_AGAIN_AFTER = 0.5
DEADLY = (signal.SIGKILL, signal.SIGTERM)
FAILPOINTS = "PORTAL_FAILPOINTS"
Say = Callable[[str], None]


class Process(ServiceProcess):
    """One start of a service; it knows whether its end is ours."""

    def __init__(
        self, name: str, env: Mapping[str, str], port: int, logs: Path, failpoint: str = ""
    ) -> None:
        super().__init__(name, env, port, logs)
        self.failpoint = failpoint
        self.ended_by_us = False

    def kill(self) -> None:
        self._ours()
        super().kill()

    def stop(self) -> None:
        self._ours()
        super().stop()

    def ask_to_stop(self) -> None:
        self._ours()
        super().ask_to_stop()

    def send(self, number: int) -> bool:
        """A signal to the process, if it is there; whether it was."""
        pid = self.pid
        if pid is None or not self.alive:
            return False
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        self.ended_by_us |= number in DEADLY
        return True

    def _ours(self) -> None:
        self.ended_by_us |= self.alive


class Instance:
    """One named instance of a service and the process that is it at the moment."""

    def __init__(self, service: str, number: int, env: Mapping[str, str], logs: Path) -> None:
        self.service = service
        self.number = number
        self.name = f"{service}-{number}"
        self._env = env
        self._all_logs = logs
        self._logs = logs / self.name
        self._starts = 0
        self.unaccounted: list[Process] = []
        """Processes that were started and have not been seen ending."""
        self.process = self._new()
        self.wanted = True
        """Whether the orchestrator wants it to run."""
        self.held = False
        """A fault is at work with it: nobody else starts it."""

    def _new(self, **more: str) -> Process:
        self._starts += 1
        env = {**self._env, "PORTAL_INSTANCE": str(self.number), **more}
        logs = self._logs / f"{self._starts:03d}"
        failpoint = more.get(FAILPOINTS, "")
        return Process(self.service, env, take_port(0, self.name), logs, failpoint)

    @property
    def alive(self) -> bool:
        return self.process.alive

    def start(self, **more: str) -> None:
        """A new process; `more` are settings of this one start (a failpoint)."""
        self.process = self._new(**more)
        self.process.start()
        self.unaccounted.append(self.process)

    def another(self, number: int) -> Instance:
        """Not started yet: one more of the same service, on the same side, under its own name."""
        return Instance(self.service, number, self._env, self._all_logs)

    def replace(self) -> Process:
        """Start another process of the same name beside the one there is; returns the old one."""
        old = self.process
        self.start()
        return old

    def signal(self, number: int) -> bool:
        """Whether there was a process to be signalled."""
        return self.process.send(number)

    def hold(self, number: int) -> bool:
        """Ended by this signal, and not started again until it is held no more."""
        self.held = True
        return self.signal(number)

    async def ready(self, seconds: float) -> bool:
        """Whether it says so in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.alive and await asyncio.to_thread(self.process.ready):
                return True
            await asyncio.sleep(0.25)
        return False

    async def ended(self, seconds: float) -> bool:
        """Whether the process ends in time."""
        deadline = time.monotonic() + seconds
        while self.alive and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        return not self.alive


class Fleet:
    """All instances, watched."""

    def __init__(self, instances: list[Instance], say: Say) -> None:
        self.instances = instances
        self.guests: list[Instance] = []
        """Instances that come and go; started again like the others while they are wanted."""
        self.ends = Ends()
        self.restarts: Counter[str] = Counter()
        self._say = say
        self._task: asyncio.Task[None] | None = None
        self._down_since: dict[str, float] = {}
        self._leftovers: list[Process] = []

    def of(self, service: str) -> list[Instance]:
        return [i for i in self.instances if i.service == service]

    def get(self, name: str) -> Instance:
        return next(i for i in self.instances if i.name == name)

    async def start(self) -> None:
        for instance in self.instances:
            instance.start()
        for instance in self.instances:
            if not await instance.ready(90):
                raise RuntimeError(f"{instance.name} is not ready; see {instance.process.log}")
        self._task = asyncio.create_task(self._watch(), name="fleet")

    def forsake(self, process: Process) -> None:
        """A process that was replaced; ended at the end, if it still lives."""
        self._leftovers.append(process)

    async def _watch(self) -> None:
        while True:
            self.account()
            for instance in (*self.instances, *self.guests):
                self._look_at(instance)
            await asyncio.sleep(0.1)

    def account(self) -> None:
        """Every process that has ended since is spoken of once."""
        for instance in (*self.instances, *self.guests):
            for process in [p for p in instance.unaccounted if not p.alive]:
                instance.unaccounted.remove(process)
                if not process.ended_by_us:
                    self.ends.note(instance.name, process.code, process.log, process.failpoint)

    def _look_at(self, instance: Instance) -> None:
        now = time.monotonic()
        if instance.alive or instance.held or not instance.wanted:
            self._down_since.pop(instance.name, None)
        elif now - self._down_since.setdefault(instance.name, now) > STARTS_AGAIN_AFTER:
            self._down_since.pop(instance.name)
            self.restarts[instance.name] += 1
            instance.start()

    async def stop(self) -> None:
        """In order, as an orchestrator would."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        processes = [*self._leftovers, *(i.process for i in self.instances)]
        for process in processes:
            process.send(signal.SIGCONT)
            process.ask_to_stop()
        for process in processes:
            await asyncio.to_thread(process.stop)
