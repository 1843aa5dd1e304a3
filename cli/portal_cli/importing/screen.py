"""What an import shows while it runs: progress, one line per claim, totals."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from portal_cli.importing.report import ClaimLine, Totals

ENROLLED = {"known": "on file now", "refused": "refused", "failed": "without an answer"}
COLOURS = {"accepted": "green", "rejected": "yellow", "failed": "red"}


class Screen:
    """For people; or, for machines, only the figures on standard output."""

    def __init__(self, *, machine: bool) -> None:
        self.machine = machine
        self._console = Console(highlight=False, soft_wrap=True, stderr=machine)

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[], None]]:
        """A bar; call what it yields for each step done."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        silent = not self._console.is_terminal
        with Progress(
            *columns, console=self._console, transient=True, disable=silent or self.machine
        ) as bar:
            task = bar.add_task(title, total=total)
            yield lambda: bar.advance(task)

    def claim(self, line: ClaimLine) -> None:
        if not self.machine:
            # Text, not markup: names and sentences may contain brackets.
            self._console.print(
                Text(" ".join(filter(None, (line.source, line.account)))),
                Text(line.result, COLOURS[line.result]),
                Text(line.text),
            )

    def note(self, text: str) -> None:
        self._console.print(Text(text))

    def unreadable(self, file: str, segment: str, position: int, reason: str) -> None:
        if not self.machine:
            self._console.print(
                Text(file), Text("unreadable", "red"), Text(_place(segment, position) + reason)
            )

    def totals(self, totals: Totals, more: dict[str, object]) -> None:
        if self.machine:
            print(json.dumps(totals.figures() | more))
            return
        for text in _summary(totals):
            self._console.print(Text(text))


def _place(segment: str, position: int) -> str:
    """'ST at 42: '; nothing where it is about the file as a whole."""
    if not position:
        return ""
    return f"{segment} at {position}: " if segment else f"segment {position}: "


def _summary(totals: Totals) -> Iterator[str]:
    results = totals.results
    if totals.enrolled:
        made = ", ".join(f"{count} {ENROLLED[name]}" for name, count in totals.enrolled.items())
        reasons = _counts(totals.enrollment_reasons)
        yield f"members and providers: {made}{f' ({reasons})' if reasons else ''}"
    yield f"files {totals.files}, with unreadable parts {totals.unreadable}"
    yield (
        f"claims {totals.claims}: accepted {results['accepted']}"
        f"{_of(totals.statuses)}, rejected {results['rejected']}, failed {results['failed']}"
    )
    if totals.reasons:
        yield f"reasons: {_counts(totals.reasons)}"
    if results["accepted"]:
        yield f"balanced (charge = paid + adjustments) {totals.balanced}"
    if totals.unbalanced:
        yield f"NOT BALANCED: {', '.join(totals.unbalanced)}"


def _of(counts: dict[str, int]) -> str:
    return f" ({_counts(counts)})" if counts else ""


def _counts(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {count}" for name, count in ordered)
