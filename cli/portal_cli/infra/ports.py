"""Ports of this machine: taken, free, and by whom."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from portal_cli.infra.base import InfraError

FIRST_PORT = "PORTAL_FIRST_PORT"
"""Setting: where the ports of a stack begin."""
SERVERS_PORTS = f"{FIRST_PORT}, or PORTAL_KAFKA, PORTAL_POSTGRES, PORTAL_S3_ENDPOINT"
LISTENING = "0A"


def take_port(wanted: int, owner: str, settings: str = SERVERS_PORTS) -> int:
    """The wanted port if it is free, or any free one for 0. `settings` give another one."""
    if not wanted:
        return _free_port()
    if not can_bind(wanted):
        raise InfraError(
            f"port {wanted} for {owner} is taken by {holder(wanted)}: stop that, "
            f"or give another one ({settings})"
        )
    return wanted


def _free_port() -> int:
    # Below the range that outgoing connections take theirs from: nobody grabs it in between.
    for port in random.sample(range(15000, 32000), 200):
        if can_bind(port):
            return port
    raise InfraError("no free port between 15000 and 32000 on 127.0.0.1")


def free_row(count: int, firsts: Iterable[int] = range(20000, 32000, 100)) -> int:
    """The first of so many free ports one after the other, sought in this order."""
    for first in firsts:
        if all(can_bind(port) for port in range(first, first + count)):
            return first
    raise InfraError(f"no {count} free ports in a row between 20000 and 32000 on 127.0.0.1")


def can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def holder(port: int) -> str:
    """Who listens there: 'java (process 4711)', as far as the system tells us."""
    sockets = set(_listening(port))
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            if any(os.readlink(fd) in sockets for fd in Path(f"/proc/{pid}/fd").iterdir()):
                return f"{Path(f'/proc/{pid}/comm').read_text().strip()} (process {pid})"
    return "a program of another user" if sockets else "another program"


def _listening(port: int) -> Iterator[str]:
    """Sockets that listen at this port, as /proc names them."""
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                _, local, _, state, *rest = line.split()
                if state == LISTENING and int(local.rpartition(":")[2], 16) == port:
                    yield f"socket:[{rest[5]}]"
