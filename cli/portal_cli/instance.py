"""`portal instance SERVICE`: one more instance of a service beside a stack that runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated

import typer

from portal_cli import running
from portal_cli.infra import reaper
from portal_cli.infra.base import InfraError, data_dir
from portal_cli.infra.ports import take_port
from portal_cli.running import INSTANCES, Stack, Taken, told
from portal_cli.services import ServiceProcess, most_instances, wait_ready
from portal_cli.show import console, step
from portal_cli.stack import give_up
from portal_cli.stopping import Stopped
from portal_contracts.topics import SERVICES

app = typer.Typer()


@app.command()
def instance(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}")],
) -> None:
    """Start one more instance, which takes its share of the partitions; stay until Ctrl-C.

    It ends with the stack.
    """
    if service not in SERVICES:
        raise typer.BadParameter(f"{service} is not one of {', '.join(SERVICES)}")
    data = data_dir()
    stack = running.at(data)
    if stack is None or not stack.settings:
        give_up(f"no stack is ready with {data}: `make run` starts one, `portal doctor` shows all")
    reaper.guard()
    try:
        with _claimed(stack, service) as process:
            _keep(stack, process)
    except Stopped:
        console.print("[green]✓[/] stopped; the others take its partitions")
    except InfraError as problem:
        give_up(str(problem))


@contextmanager
def _claimed(stack: Stack, service: str) -> Iterator[ServiceProcess]:
    """Not started yet, under a number that nobody else has while we are here."""
    used = {one.number for one in stack.instances if one.service == service}
    most, port = most_instances(service), take_port(0, service)
    for number in sorted(set(range(1, most)) - used):
        path = stack.data / INSTANCES / f"{running.instance_name(service, number)}.json"
        with ExitStack() as held:
            try:
                held.enter_context(told(path, service=service, number=number, port=port))
            except Taken:
                continue
            yield ServiceProcess(service, stack.settings, port, stack.data / "logs", number)
            return
    raise InfraError(f"{service} has {most} partitions, and an instance for each works already")


def _keep(stack: Stack, process: ServiceProcess) -> None:
    """Started again like the others, as long as its stack runs."""
    try:
        process.start()
        with step(process.name) as say:
            wait_ready([process], say)
        console.print(
            f"{process.name} works beside the stack in {stack.data}\n"
            f"  Health  http://127.0.0.1:{process.port}/ready\n"
            f"  Log     {process.log}\n"
            "  Stop    Ctrl-C"
        )
        while running.read(stack.data / running.STACK) is not None:
            process.keep_alive(lambda name, word: console.print(f"[red]{name} {word}[/]"))
            time.sleep(0.5)
        console.print(f"the stack in {stack.data} has ended; {process.name} ends too")
    finally:
        process.stop()
