"""The append-only log of what the driver meant to send, what Kafka took, and what was answered.

A line is on its way to the disk before the records it speaks of are: whatever happens to the
driver, the log knows at least what Kafka knows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.orders import Copy


class IntentLog:
    """JSON lines."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def sent(self, copies: Iterable[Copy]) -> None:
        """Before they are sent."""
        self._write({"sent": [copy.line() for copy in copies]})

    def acked(self, partition: int, offset: int, copies: Iterable[Copy]) -> None:
        """Kafka has them, one behind the other from this offset."""
        self._write({"acked": [partition, offset, [copy.n for copy in copies]]})

    def answered(self, answers: list[tuple[str, str]]) -> None:
        """Ids and types of answers, as they came."""
        self._write({"answered": answers})

    def fact(self, **fields: Any) -> None:
        """A fault, a move of the clock, a phase."""
        self._write({"at": time.time(), **fields})

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._file.flush()


@dataclass(slots=True)
class Sent:
    """One copy, as the log tells it."""

    n: int
    id: str
    type: str
    topic: str
    key: str | None
    digest: str
    expect: str
    code: str
    tin: str
    asked: bool
    print: str
    who: str = ""
    partition: int = -1
    offset: int = -1

    @property
    def acked(self) -> bool:
        return self.offset >= 0

    @property
    def place(self) -> tuple[str, int, int]:
        return self.topic, self.partition, self.offset


@dataclass
class Intent:
    """The log, read back."""

    sent: list[Sent] = field(default_factory=list)
    answered: int = 0
    facts: list[dict[str, Any]] = field(default_factory=list)


def read(path: Path) -> Intent:
    """All of it. A last line that was cut off by a crash is passed over."""
    intent = Intent()
    by_number: dict[int, Sent] = {}
    for line in _lines(path):
        if "sent" in line:
            for fields in line["sent"]:
                one = Sent(*fields)
                one.asked = bool(one.asked)
                by_number[one.n] = one
                intent.sent.append(one)
        elif "acked" in line:
            partition, offset, numbers = line["acked"]
            for position, n in enumerate(numbers):
                by_number[n].partition = partition
                by_number[n].offset = offset + position
        elif "answered" in line:
            intent.answered += len(line["answered"])
        else:
            intent.facts.append(line)
    return intent


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for text in file:
            if text.endswith("\n"):
                yield json.loads(text)
