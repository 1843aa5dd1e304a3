"""What a run prints at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from rich.console import Console
from rich.table import Table

from tests.chaos.checkers import words
from tests.chaos.history import Violation
from tests.chaos.plan import Family, Tally

SHOWN = 8
"""Violations of one invariant that are printed; all are counted."""
BESIDE = {
    "seen": "every checker had something before it to judge by",
    "faults": "what is tried again and again also strikes",
}
"""What is judged besides the history."""


@dataclass
class Summary:
    """The figures of one run."""

    seed: int
    minutes: float
    faults: Mapping[Family, Tally]
    in_the_load: Mapping[Family, int]
    commands: int
    copies: int
    answers: int
    restarts: int
    drained_in: float
    away: float = 0.0
    """Seconds in which a whole server was away from everybody: in them nothing was late (I9)."""
    asked_for: tuple[int, ...] = ()
    """Numbers of faults to which the run was limited."""
    ends: Mapping[str, int] = field(default_factory=dict)
    """Ends of processes that the run did not cause and that may be."""
    looked_at: Mapping[str, int] = field(default_factory=dict)
    violations: dict[str, list[Violation]] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        """An empty run proves nothing: something must have been asked, answered and broken."""
        busy = self.commands and self.answers and self._broken()
        return bool(busy) and not any(self.violations.values())

    def _broken(self) -> int:
        """Faults of the load count where they alone were asked for: all of them are in any run.

        What Kafka refuses (17) breaks nothing here; asked for, the sizes it takes are meant.
        """
        asked = {16 if number == 17 else number for number in self.asked_for}  # one in the load
        load = (n for (number, _), n in self.in_the_load.items() if number in asked)
        return self.struck + sum(load)

    @property
    def struck(self) -> int:
        return sum(tally.struck for tally in self.faults.values())

    def of_kind(self, kind: str) -> int:
        return sum(v.kind == kind for found in self.violations.values() for v in found)


def show(summary: Summary, console: Console) -> None:
    console.print(_faults(summary))
    table = Table("figure", "count")
    for name, count in _figures(summary):
        table.add_row(name, f"{count:,}")
    console.print(table)
    seen = Table("what the checkers looked at", "count")
    for name, count in summary.looked_at.items():
        seen.add_row(name, f"{count:,}" if count else "[red]nothing[/]")
    console.print(seen)
    invariants = Table("invariant", "what it says", "verdict")
    for name, found in summary.violations.items():
        says = words(name) or BESIDE[name]
        invariants.add_row(name, says, "held" if not found else f"[red]{len(found)} violations[/]")
    console.print(invariants)
    for name, found in summary.violations.items():
        for violation in found[:SHOWN]:
            console.print(f"{name} {violation.kind}: {violation.text}", markup=False)
    console.print(verdict(summary), style="green" if summary.held else "red")


def verdict(summary: Summary) -> str:
    """The last line, in words."""
    under = f"{summary.commands:,} commands under {summary.struck:,} faults"
    if summary.held:
        return f"HELD: every invariant, {under}"
    broken = [name for name, found in summary.violations.items() if found]
    if broken:
        return f"NOT HELD: {', '.join(broken)}; {under}"
    return f"PROVES NOTHING: {under}, {summary.answers:,} answers"


def _faults(summary: Summary) -> Table:
    columns = ("fault", "", "struck", "not reached", "missed")
    table = Table(*columns, title=f"seed {summary.seed}, {summary.minutes:g} minutes")
    for (number, name), tally in sorted(summary.faults.items()):
        counts = (f"{n:,}" for n in (tally.struck, tally.not_reached, tally.missed))
        table.add_row(str(number), name, *counts)
    table.add_row("", "all that struck", f"{summary.struck:,}", "", "", end_section=True)
    for (number, name), count in sorted(summary.in_the_load.items()):
        table.add_row(str(number), f"{name} (in the load of every run)", f"{count:,}", "", "")
    return table


def _figures(s: Summary) -> list[tuple[str, int]]:
    kinds = ("lost", "double", "out of order", "early", "late", "wrong")
    return [
        ("commands", s.commands),
        ("records sent, with those sent again", s.copies),
        ("answers", s.answers),
        ("restarts", s.restarts),
        *((f"ends of processes: {why}", count) for why, count in sorted(s.ends.items())),
        ("seconds from the last fault to empty queues", round(s.drained_in)),
        ("seconds in which a server was away from everybody", round(s.away)),
        *((kind, s.of_kind(kind)) for kind in kinds),
    ]


def as_json(s: Summary) -> dict[str, object]:
    """For docs and for comparing runs."""
    in_the_load = {f"{n} {name}": count for (n, name), count in s.in_the_load.items()}
    return {
        "seed": s.seed,
        "minutes": s.minutes,
        "faults": {f"{n} {name}": asdict(tally) for (n, name), tally in sorted(s.faults.items())},
        "in the load": in_the_load,
        "struck": s.struck,
        **dict(_figures(s)),
        "looked at": dict(s.looked_at),
        "invariants": {name: len(found) for name, found in s.violations.items()},
    }
