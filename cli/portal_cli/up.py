"""`portal up` (`make run`): the whole system on this machine, in the foreground."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

import typer

from portal_cli import doctor, init
from portal_cli.infra.base import Addresses, Infra, InfraError, data_dir
from portal_cli.infra.choose import infrastructure
from portal_cli.services import ServiceProcess, http_ports, stop_all, take_ports
from portal_cli.show import LogFollower, console, step
from portal_runtime.keys import DEMO_ROLES, make_demo_keys
from portal_runtime.settings import RuntimeSettings

READY_SECONDS = 60.0
DATA_MARKER = "demo-data-loaded"

app = typer.Typer()


class StopRequested(BaseException):
    """Ctrl-C or SIGTERM, wherever it finds us."""


@app.command()
def up(
    demo_data: bool = typer.Option(True, help="Load the demo data the first time."),
) -> None:
    """Start infrastructure, six services and demo data; stay until Ctrl-C."""
    data = data_dir()
    data.mkdir(parents=True, exist_ok=True)
    try:
        with _only_one(data), _stop_signals():
            _run(data, demo_data)
    except StopRequested:
        console.print("[green]✓[/] stopped; the data is kept (make clean-data forgets it)")
    except InfraError as problem:
        console.print(f"[red]✗[/] {problem}")
        raise typer.Exit(1) from None


def _run(data: Path, demo_data: bool) -> None:
    doctor.require()
    take_ports()
    with ExitStack() as stack:
        infra = infrastructure(data)
        stack.callback(_stop_infra, infra)
        with step(f"Infrastructure ({infra.mode})") as say:
            addresses = infra.start(say)
        keys = data / "keys"
        make_demo_keys(keys)
        # From here on everything in this process and its children means this stack.
        os.environ.update(_environment(addresses, keys))
        with step("Topics, databases, bucket") as say:
            say("", str(asyncio.run(init.make(RuntimeSettings()))))
        services = _services(data)
        logs = LogFollower({service.name: service.log for service in services})
        stack.callback(logs.stop)
        stack.callback(_stop_services, services)
        _start_services(services)
        logs.start()
        _wait_ready(services)
        _print_where(addresses, services, data)
        if demo_data:
            _load_demo_data(data)
        _watch(infra, services)


def _environment(addresses: Addresses, keys: Path) -> dict[str, str]:
    return {
        **addresses.env(),
        "PORTAL_PRINCIPAL_KEYS": str(keys),
        "PORTAL_SERVICE_KEY": str(keys / "services.private.pem"),
        "PORTAL_KID_ROLES": json.dumps(DEMO_ROLES),
        "PORTAL_MOVABLE_CLOCK": "1",
    }


def _services(data: Path) -> list[ServiceProcess]:
    ports = http_ports()
    return [ServiceProcess(name, {}, port, data / "logs") for name, port in ports.items()]


def _start_services(services: list[ServiceProcess]) -> None:
    for service in services:
        service.start()


def _wait_ready(services: list[ServiceProcess]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    with step("Services") as say:
        waiting = list(services)
        while waiting:
            if time.monotonic() > deadline:
                names = ", ".join(service.name for service in waiting)
                raise InfraError(f"not ready after {READY_SECONDS:.0f} s: {names}; see their logs")
            for service in list(waiting):
                service.keep_alive(say)
                if service.alive and service.ready():
                    say(service.name, "ready")
                    waiting.remove(service)
            time.sleep(0.1)


def _load_demo_data(data: Path) -> None:
    """Once per data directory; published as commands, like everything else."""
    marker = data / DATA_MARKER
    if marker.exists():
        return
    from portal_cli.demo import load_demo_data

    problems = asyncio.run(load_demo_data())
    for problem in problems:
        console.print(f"[yellow]demo data: {problem}[/]")
    if not problems:
        marker.touch()


def _watch(infra: Infra, services: list[ServiceProcess]) -> None:
    """Until we are asked to stop: crashed services start again, crashed servers end it all."""
    while True:
        for _ in range(50):
            for service in services:
                service.keep_alive(lambda name, word: console.print(f"[red]{name} {word}[/]"))
            time.sleep(0.2)
        if gone := infra.dead():
            raise InfraError(f"{', '.join(gone)} ended by itself; its log is in {data_dir()}/logs")


def _print_where(addresses: Addresses, services: list[ServiceProcess], data: Path) -> None:
    console.print(
        f"""
[bold]The portal is running.[/]
  Kafka        {addresses.kafka}
  PostgreSQL   {addresses.postgres}/portal_claims, …
  S3           {addresses.s3_endpoint} ({addresses.s3_kind})
  Data, logs   {data}
  Health       {"  ".join(f"{s.name} http://127.0.0.1:{s.port}/ready" for s in services)}
  Try          .venv/bin/portal demo                      a story of claims, step by step
               .venv/bin/portal import 837 FILE --enrol   your own 837P or 837I file
               .venv/bin/portal lag                       who has how much left to do
  Stop         Ctrl-C
"""
    )


def _stop_services(services: list[ServiceProcess]) -> None:
    with step("Stopping services"):
        stop_all(services)


def _stop_infra(infra: Infra) -> None:
    with step("Stopping infrastructure"):
        infra.stop()


@contextmanager
def _stop_signals() -> Iterator[None]:
    """The first signal unwinds; further ones do not disturb the stop, which is bounded in time."""

    def stop(number: int, frame: FrameType | None) -> None:
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wanted, lambda *_: None)
        raise StopRequested

    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, stop)
    yield


@contextmanager
def _only_one(data: Path) -> Iterator[TextIO]:
    with (data / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InfraError(f"`portal up` runs already with {data}") from None
        yield file
