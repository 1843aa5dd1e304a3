"""What a run prints at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from tests.chaos.history import Violation

SHOWN = 8
"""Violations of one invariant that are printed; all are counted."""


@dataclass
class Summary:
    """The figures of one run."""

    seed: int
    minutes: float
    faults: Mapping[tuple[int, str], int]
    in_the_load: Mapping[tuple[int, str], int]
    commands: int
    copies: int
    answers: int
    parked: int
    restarts: int
    drained_in: float
    violations: dict[str, list[Violation]] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """An empty run proves nothing: something must have been asked, answered and broken."""
        busy = self.commands and self.answers and self.faults
        return bool(busy) and not any(self.violations.values())

    def of_kind(self, kind: str) -> int:
        return sum(v.kind == kind for found in self.violations.values() for v in found)


def show(summary: Summary, console: Console) -> None:
    faults = Table("fault", "", "times", title=f"seed {summary.seed}, {summary.minutes:g} minutes")
    for (number, name), count in sorted({**summary.faults, **summary.in_the_load}.items()):
        faults.add_row(str(number), name, f"{count:,}")
    faults.add_row("", "all that struck", f"{sum(summary.faults.values()):,}")
    console.print(faults)
    table = Table("figure", "count")
    for name, count in _figures(summary):
        table.add_row(name, f"{count:,}")
    console.print(table)
    invariants = Table("invariant", "violations")
    for name, found in summary.violations.items():
        invariants.add_row(name, "held" if not found else f"[red]{len(found)}[/]")
    console.print(invariants)
    for name, found in summary.violations.items():
        for violation in found[:SHOWN]:
            console.print(f"{name} {violation.kind}: {violation.text}", markup=False)


def _figures(s: Summary) -> list[tuple[str, int]]:
    kinds = ("lost", "double", "out of order", "early", "late", "wrong")
    return [
        ("commands", s.commands),
        ("records sent, with those sent again", s.copies),
        ("answers", s.answers),
        ("parked, all of them poison", s.parked),
        ("restarts", s.restarts),
        ("seconds from the last fault to empty queues", round(s.drained_in)),
        *((kind, s.of_kind(kind)) for kind in kinds),
    ]


def as_json(s: Summary) -> dict[str, object]:
    """For docs and for comparing runs."""
    faults: Counter[str] = Counter()
    for (number, name), count in {**s.faults, **s.in_the_load}.items():
        faults[f"{number} {name}"] = count
    return {
        "seed": s.seed,
        "minutes": s.minutes,
        "faults": dict(sorted(faults.items())),
        "struck": sum(s.faults.values()),
        **dict(_figures(s)),
        "invariants": {name: len(found) for name, found in s.violations.items()},
    }
