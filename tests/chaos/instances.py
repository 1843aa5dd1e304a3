"""The services as an orchestrator runs them: several instances, started again when they end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from portal_cli.infra.base import take_port
from portal_cli.services import ServiceProcess

STARTS_AGAIN_AFTER = 0.5
Say = Callable[[str], None]


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
        self.process = self._new()
        self.wanted = True
        """Whether the orchestrator wants it to run."""
        self.held = False
        """A fault is at work with it: nobody else starts it."""

    def _new(self, **more: str) -> ServiceProcess:
        self._starts += 1
        env = {**self._env, "PORTAL_INSTANCE": str(self.number), **more}
        logs = self._logs / f"{self._starts:03d}"
        return ServiceProcess(self.service, env, take_port(0, self.name), logs)

    @property
    def alive(self) -> bool:
        return self.process.alive

    def start(self, **more: str) -> None:
        """A new process; `more` are settings of this one start (a failpoint)."""
        self.process = self._new(**more)
        self.process.start()

    def another(self, number: int) -> Instance:
        """Not started yet: one more of the same service, on the same side, under its own name."""
        return Instance(self.service, number, self._env, self._all_logs)

    def replace(self) -> ServiceProcess:
        """Start another process of the same name beside the one there is; returns the old one."""
        old = self.process
        self.start()
        return old

    def signal(self, number: int) -> None:
        send(self.process, number)

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


def send(process: ServiceProcess, number: int) -> None:
    """A signal to the process, if it is there."""
    pid = process.pid
    if pid is not None and process.alive:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


class Fleet:
    """All instances, watched."""

    def __init__(self, instances: list[Instance], say: Say) -> None:
        self.instances = instances
        self.restarts: Counter[str] = Counter()
        self._say = say
        self._task: asyncio.Task[None] | None = None
        self._down_since: dict[str, float] = {}
        self._leftovers: list[ServiceProcess] = []

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

    def forsake(self, process: ServiceProcess) -> None:
        """A process that was replaced; ended at the end, if it still lives."""
        self._leftovers.append(process)

    async def _watch(self) -> None:
        while True:
            for instance in self.instances:
                self._look_at(instance)
            await asyncio.sleep(0.1)

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
            send(process, signal.SIGCONT)
            process.ask_to_stop()
        for process in processes:
            await asyncio.to_thread(process.stop)
