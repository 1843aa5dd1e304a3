"""What `portal doctor` says about stacks that run: where, at which ports, who of them is ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.markup import escape

from portal_cli import running
from portal_cli.infra.base import InfraError, Ports, answers, data_dir, place, speaks_kafka
from portal_cli.infra.ports import holder
from portal_cli.running import Instance, Stack
from portal_cli.services import http_ports, readiness
from portal_cli.show import console

SERVERS = {"Kafka": "PORTAL_KAFKA", "PostgreSQL": "PORTAL_POSTGRES", "S3": "PORTAL_S3_ENDPOINT"}


def report_stacks() -> None:
    """Every stack of this account; without one, what answers where one would be."""
    stacks = running.everywhere()
    for stack in stacks:
        mine = "[bold]this one[/], " if stack.data == data_dir() else ""
        console.print(f"  running       {stack.data} ({mine}process {stack.pid}, {stack.since})")
        for line in _lines(stack):
            console.print(f"                {line}")
    if not any(stack.data == data_dir() for stack in stacks):
        _report_others(stacks)


def _lines(stack: Stack) -> Iterator[str]:
    if not stack.settings:
        yield "is starting its servers"
        return
    yield ", ".join(f"{name} {_port(stack, setting)}" for name, setting in SERVERS.items())
    for one in stack.instances:
        yield _line(one)


def _port(stack: Stack, setting: str) -> str:
    """The port of a server here; the whole place of one that runs elsewhere."""
    places = [place(address) for address in stack.settings[setting].split(",")]
    local = ("127.0.0.1", "localhost")
    return ", ".join(str(p) if host in local else f"{host}:{p}" for host, p in places)


def _line(one: Instance) -> str:
    problem = readiness(one.port)
    mark = "[red]✗[/]" if problem else "[green]✓[/]"
    return f"{mark} {one.name:<13} {one.port:<6} {escape(problem or 'ready')}"


def _report_others(stacks: list[Stack]) -> None:
    """Servers at our ports that no stack of ours has started: containers, or somebody's own."""
    try:
        ports = Ports.from_env()
    except InfraError:  # they run elsewhere, or a line above says what is wrong
        return
    told = {port for stack in stacks for port in _all_ports(stack)}
    others = {"kafka": ports.kafka, "postgres": ports.postgres, "s3": ports.s3, **http_ports()}
    there = {"kafka": speaks_kafka}
    found = [
        name for name, port in others.items() if port not in told and there.get(name, answers)(port)
    ]
    if found:
        console.print(f"  running now   {', '.join(found)} at the ports of this stack")
    elif not stacks:
        console.print("  running now   nothing — make run")


def report_ready() -> int:
    """How many instances of this stack are not ready."""
    stack = running.at(data_dir())
    if stack is not None and stack.instances:
        instances = stack.instances
    else:  # one in containers, or none
        instances = tuple(Instance(name, 0, port) for name, port in http_ports().items())
    problems = 0
    for one in instances:
        problem = readiness(one.port)
        problems += problem is not None
        mark = "[red]✗[/]" if problem else "[green]✓[/]"
        console.print(f"{mark} {one.name:<12} {escape(problem or 'ready')}")
    if problems == len(instances):
        console.print("  Is the stack running? `make run` starts everything.")
    return problems


def found_taken(taken: Mapping[str, int]) -> str:
    """'29092 (Kafka) is taken by java (process 7), …', each with its stack where it has one."""
    owners = {port: stack for stack in running.everywhere() for port in _all_ports(stack)}
    by: dict[str, list[str]] = {}
    for name, port in taken.items():
        stack = owners.get(port)
        who = f"the stack in {stack.data} (process {stack.pid})" if stack else holder(port)
        by.setdefault(who, []).append(f"{port} ({name})")
    return "; ".join(
        f"{', '.join(ports)} {'is' if len(ports) == 1 else 'are'} taken by {who}"
        for who, ports in by.items()
    )


def _all_ports(stack: Stack) -> Iterator[int]:
    for setting in SERVERS.values():
        if setting in stack.settings:
            yield from (port for _, port in map(place, stack.settings[setting].split(",")))
    yield from (one.port for one in stack.instances)
