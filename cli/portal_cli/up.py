"""`portal up` (`make run`): the whole system on this machine, in the foreground."""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from portal_cli import doctor, init, running
from portal_cli.infra import reaper
from portal_cli.infra.base import Addresses, Infra, InfraError, data_dir
from portal_cli.infra.choose import infrastructure
from portal_cli.infra.ports import take_port
from portal_cli.services import (
    ServiceProcess,
    http_ports,
    most_instances,
    stop_all,
    take_ports,
    wait_ready,
)
from portal_cli.show import LogFollower, console, step
from portal_cli.stopping import Stopped
from portal_contracts.topics import SERVICES
from portal_runtime.security.keys import DEMO_ROLES, make_demo_keys
from portal_runtime.settings import RuntimeSettings

DATA_MARKER = "demo-data-loaded"

app = typer.Typer()


@app.command()
def up(
    demo_data: Annotated[bool, typer.Option(help="Load the demo data the first time.")] = True,
    instances: Annotated[
        list[str] | None,
        typer.Option(metavar="SERVICE=N", help="So many instances of a service: claims=2"),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show the services' logs as they are written.")
    ] = False,
) -> None:
    """Start infrastructure, six services and demo data; stay until Ctrl-C."""
    counts = instance_counts(instances or [])
    data = data_dir()
    data.mkdir(parents=True, exist_ok=True)
    reaper.guard()
    try:
        with running.stack_told(data) as told:
            _run(data, told, counts, demo_data=demo_data, verbose=verbose)
    except Stopped:
        console.print("[green]✓[/] stopped; the data is kept (make clean-data forgets it)")
    except running.Taken:
        _give_up(f"`portal up` runs already with {data}: `portal doctor` shows where")
    except InfraError as problem:
        _give_up(str(problem))


def _give_up(words: str) -> None:
    console.print(f"[red]✗[/] {words}")
    raise typer.Exit(1)


def instance_counts(wanted: list[str]) -> dict[str, int]:
    """How many of each service."""
    counts = dict.fromkeys(SERVICES, 1)
    for word in wanted:
        service, _, number = word.partition("=")
        if service not in counts:
            raise typer.BadParameter(f"{word}: the services are {', '.join(SERVICES)}")
        limit = most_instances(service)
        if not number.isdigit() or not 1 <= int(number) <= limit:
            raise typer.BadParameter(f"{word}: there can be 1 to {limit}, as {service}=2")
        counts[service] = int(number)
    return counts


def _run(
    data: Path, told: running.Told, counts: dict[str, int], *, demo_data: bool, verbose: bool
) -> None:
    doctor.require()
    take_ports()
    with ExitStack() as stack:
        infra = infrastructure(data)
        stack.callback(_stop_infra, infra)
        with step(f"Infrastructure ({infra.mode})") as say:
            addresses = infra.start(say)
        keys = data / "keys"
        make_demo_keys(keys)
        settings = _environment(addresses, keys)
        # From here on everything in this process and its children means this stack.
        os.environ.update(settings)
        with step("Topics, databases, bucket") as say:
            say("", str(asyncio.run(init.make(RuntimeSettings()))))
        services = _services(data, counts)
        if verbose:
            logs = LogFollower({service.name: service.log for service in services})
            stack.callback(logs.stop)
            logs.start()
        told.say(settings=settings, instances=[(s.service, s.number, s.port) for s in services])
        stack.callback(_stop_services, services)
        for service in services:
            service.start()
        with step("Services") as say:
            wait_ready(services, say)
        if demo_data:
            _load_demo_data(data)
        _print_where(addresses, services, data)
        _watch(infra, services)


def _environment(addresses: Addresses, keys: Path) -> dict[str, str]:
    return {
        **addresses.env(),
        "PORTAL_PRINCIPAL_KEYS": str(keys),
        "PORTAL_SERVICE_KEY": str(keys / "services.private.pem"),
        "PORTAL_KID_ROLES": json.dumps(DEMO_ROLES),
        "PORTAL_MOVABLE_CLOCK": "1",
    }


def _services(data: Path, counts: dict[str, int]) -> list[ServiceProcess]:
    """The first of each at its known port, the others anywhere."""
    return [
        ServiceProcess(name, {}, take_port(0, name) if number else port, data / "logs", number)
        for name, port in http_ports().items()
        for number in range(counts[name])
    ]


def _load_demo_data(data: Path) -> None:
    """Once per data directory; published as commands, like everything else."""
    marker = data / DATA_MARKER
    if marker.exists():
        return
    from portal_cli.demo import load_demo_data

    if not asyncio.run(load_demo_data()):
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
  Data         {data}
  Logs         {data}/logs/claims.log, … (make run VERBOSE=1 shows them here)
  Health       {"  ".join(f"{s.name} http://127.0.0.1:{s.port}/ready" for s in services)}
  Try          .venv/bin/portal demo                      a story of claims, step by step
               .venv/bin/portal import 837 FILE --enroll   your own 837P or 837I file
               .venv/bin/portal lag                       how many messages wait for each service
  Stop         Ctrl-C, or kill {os.getpid()}
"""
    )


def _stop_services(services: list[ServiceProcess]) -> None:
    with step("Stopping services"):
        stop_all(services)


def _stop_infra(infra: Infra) -> None:
    with step("Stopping infrastructure"):
        infra.stop()
