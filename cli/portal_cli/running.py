"""Which stacks run on this machine, where, and with which instances: known from locked files.

A stack says it in `stack.json` of its data folder, an instance that joined it later in a file of
`instances/`. Who wrote a file holds a lock on it; one without a lock was left by who has ended.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from portal_cli.infra.base import cache_dir

STACK = "stack.json"
INSTANCES = "instances"
READERS = 0.5
"""Seconds within which a process that only looked has released a file."""


class Taken(Exception):
    """Another command holds the file."""


@dataclass(frozen=True)
class Instance:
    """A service process: who keeps it alive, and where it answers /ready."""

    service: str
    number: int
    port: int

    @property
    def name(self) -> str:
        return instance_name(self.service, self.number)


@dataclass(frozen=True)
class Stack:
    """A `portal up` that runs. Without settings it is starting its servers."""

    data: Path
    pid: int
    since: str
    settings: dict[str, str]
    """What its programs are given: PORTAL_KAFKA and the like, keys, roles."""
    instances: tuple[Instance, ...]


def instance_name(service: str, number: int) -> str:
    """The first one has the name of its service."""
    return f"{service}-{number}" if number else service


class Told:
    """What a file says, as long as we hold it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._facts: dict[str, Any] = {"pid": os.getpid(), "since": time.strftime("%H:%M")}

    def say(self, **facts: Any) -> None:
        self._facts |= facts
        self._file.seek(0)
        self._file.write(json.dumps(self._facts, indent=1))
        self._file.truncate()
        self._file.flush()


@contextmanager
def told(path: Path, **facts: Any) -> Iterator[Told]:
    """Held until the end; `Taken` when another one holds it. Its addresses may hold passwords.

    The file stays: a removed file could still be locked by a process that nobody finds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with path.open("r+") as file:
        _lock(file)
        telling = Told(file)
        telling.say(**facts)
        yield telling


def _lock(file: TextIO) -> None:
    deadline = time.monotonic() + READERS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Taken from None
            time.sleep(0.05)


def read(path: Path) -> dict[str, Any] | None:
    """What the file says; None when nobody holds it."""
    try:
        with path.open() as file:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return None
            for _ in range(20):  # it may be written at this moment
                file.seek(0)
                with suppress(ValueError):
                    facts: dict[str, Any] = json.load(file)
                    return facts
                time.sleep(0.02)
    except OSError:
        pass
    return None


@contextmanager
def stack_told(data: Path) -> Iterator[Told]:
    """This command is the stack of the folder, and every `portal doctor` finds it."""
    with told(data / STACK, settings={}, instances=[]) as telling:
        _pointer(data).parent.mkdir(parents=True, exist_ok=True)
        _pointer(data).write_text(str(data))
        yield telling


def _pointer(data: Path) -> Path:
    return cache_dir() / "stacks" / hashlib.sha256(str(data).encode()).hexdigest()[:12]


def at(data: Path) -> Stack | None:
    """The stack that runs with this folder."""
    facts = read(data / STACK)
    if facts is None:
        return None
    found = [Instance(*one) for one in facts["instances"]]
    for path in sorted((data / INSTANCES).glob("*.json")):
        if joined := read(path):
            found.append(Instance(joined["service"], joined["number"], joined["port"]))
    return Stack(data, facts["pid"], facts["since"], facts["settings"], tuple(found))


def everywhere() -> list[Stack]:
    """All of this account, whatever checkout and folder they belong to."""
    stacks = []
    for pointer in sorted((cache_dir() / "stacks").glob("*")):
        with suppress(OSError):
            if stack := at(Path(pointer.read_text())):
                stacks.append(stack)
            else:
                pointer.unlink(missing_ok=True)
    return stacks
