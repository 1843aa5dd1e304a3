"""The six services as processes: started, watched, started again, stopped."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from portal_cli.infra.base import InfraError
from portal_cli.infra.child import Child
from portal_cli.infra.ports import FIRST_PORT, take_port
from portal_cli.running import instance_name
from portal_cli.which import HTTP_FIRST_PORT
from portal_contracts import topics
from portal_contracts.topics import SERVICES, all_topics

PACKAGES = {service: service for service in SERVICES} | {"auth": "prior_auth"}
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0


def http_ports() -> dict[str, int]:
    """Where each service answers /live, /ready and /metrics in the local stack."""
    first = int(os.environ.get(HTTP_FIRST_PORT, "8101"))
    return {service: first + number for number, service in enumerate(SERVICES)}


def most_instances(service: str) -> int:
    """More than it has partitions would have nothing to do."""
    commands = next(t for t in all_topics() if t.name == topics.commands(service))
    return commands.partitions


def take_ports() -> None:
    """A port of theirs that is in use is said before anything starts."""
    for service, port in http_ports().items():
        take_port(port, f"the health page of {service}", f"{FIRST_PORT}, or {HTTP_FIRST_PORT}")


class ServiceProcess:
    """One instance of a service under its own Python process."""

    def __init__(
        self, service: str, env: Mapping[str, str], port: int, logs: Path, number: int = 0
    ) -> None:
        """`number`: of several instances, each of which takes a share of the partitions."""
        self.service = service
        self.number = number
        self.name = instance_name(service, number)
        self.port = port
        self.log = logs / f"{self.name}.log"
        instance = {"PORTAL_INSTANCE": str(number)} if number else {}
        self._child = Child(
            self.name,
            # -P: a folder `claims` where we were called from must not pass for the package.
            [sys.executable, "-P", "-m", f"{PACKAGES[service]}.main"],
            self.log,
            env={**env, **instance, "PORTAL_HTTP_PORT": str(port), "PYTHONUNBUFFERED": "1"},
        )
        self._failures = 0
        self._started = 0.0
        self._again_at: float | None = None

    def start(self) -> None:
        self._child.start()
        self._started = time.monotonic()

    @property
    def pid(self) -> int | None:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.alive

    @property
    def code(self) -> int | None:
        """How it ended by itself: its exit code, or minus the signal."""
        return self._child.code

    def tail(self) -> str:
        """The end of its log."""
        return self._child.tail()

    def ready(self) -> bool:
        return readiness(self.port) is None

    def wait_ready(self, seconds: float = 60) -> None:
        """Raises with the end of its log when it dies or takes longer."""
        self._child.wait_until(self.ready, seconds)

    def keep_alive(self, say: Callable[[str, str], None]) -> None:
        """Call it often: a service that ended is started again, later each time."""
        now = time.monotonic()
        if self.alive:
            if now - self._started > STEADY_SECONDS:
                self._failures = 0
        elif self._again_at is None:
            pause = min(2.0**self._failures, LONGEST_PAUSE)
            self._failures += 1
            self._again_at = now + pause
            say(self.name, f"{self._end()}; starts again in {pause:.0f} s (log: {self.log})")
        elif now >= self._again_at:
            self._again_at = None
            self._child.start(append=True)
            self._started = now

    def _end(self) -> str:
        """In words. SIGKILL comes from a person, or from the kernel when memory runs out."""
        code = self.code
        if code is None or code >= 0:
            return f"ended by itself with code {code}"
        known = -code in {s.value for s in signal.Signals}
        return f"was ended by {signal.Signals(-code).name if known else f'signal {-code}'}"

    def kill(self) -> None:
        """As a crash would end it."""
        self._child.stop_now()

    def stop(self) -> None:
        self._child.stop()

    def ask_to_stop(self) -> None:
        self._child.ask_to_stop()


def wait_ready(
    services: Iterable[ServiceProcess], say: Callable[[str, str], None], seconds: float = 60
) -> None:
    """All of them; `InfraError` with the ends of their logs when one takes longer."""
    deadline = time.monotonic() + seconds
    waiting = list(services)
    while waiting:
        if time.monotonic() > deadline:
            tails = "\n".join(f"{service.name}:\n{service.tail()}" for service in waiting)
            raise InfraError(f"not ready after {seconds:.0f} s: {tails}")
        for service in list(waiting):
            service.keep_alive(say)
            if service.alive and service.ready():
                say(service.name, "ready")
                waiting.remove(service)
        time.sleep(0.1)


def stop_all(services: Iterable[ServiceProcess]) -> None:
    """All of them finish their work at the same time."""
    services = list(services)
    for service in services:
        service.ask_to_stop()
    for service in services:
        service.stop()


def readiness(port: int) -> str | None:
    """None when /ready says 200, else why not."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=3):
            return None
    except urllib.error.HTTPError as refused:
        return _reason(refused)
    except TimeoutError:
        return f"does not answer on port {port} in time"
    except OSError as unreachable:
        # urllib wraps what the system said: 'Connection refused'.
        cause = getattr(unreachable, "reason", unreachable)
        why = getattr(cause, "strerror", None) or "no connection"
        return f"does not answer on port {port}: {why.lower()}"


def _reason(refused: urllib.error.HTTPError) -> str:
    text = refused.read().decode(errors="replace")
    try:
        problems = json.loads(text)["problems"]
    except (ValueError, KeyError, TypeError):
        return f"answers {refused.code}: {text[:200]}"
    return ", ".join(f"{name}: {why}" for name, why in problems.items())
