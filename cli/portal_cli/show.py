"""What the terminal shows: progress of slow steps, and the services' logs with their names."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from portal_cli.infra.base import Say

console = Console(highlight=False, soft_wrap=True)
COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_red")


@contextmanager
def step(title: str) -> Iterator[Say]:
    """A spinner with the latest word of each part; plain lines where there is no terminal."""
    started = time.monotonic()
    words: dict[str, str] = {}
    if not console.is_terminal:
        console.print(f"… {title}", style="dim")
    with console.status(title) as status:

        def say(part: str, state: str) -> None:
            words[part] = state
            status.update(f"{title}: " + ", ".join(f"{p} {s}" for p, s in words.items()))

        yield say
    seconds = time.monotonic() - started
    details = ", ".join(f"{part} {state}" for part, state in words.items())
    console.print(f"[green]✓[/] {title} [dim]{seconds:.1f} s {details}[/]")


def counted(number: int, thing: str) -> str:
    """'1 row', '2 rows'."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def listing(
    out: Console, columns: Sequence[str], rows: Sequence[Sequence[str]], whole: Collection[str] = ()
) -> None:
    """A table on a terminal; elsewhere one line per row, with tabs between.

    `whole` names the columns that other commands need as they are: these are never cut.
    """
    if not out.is_terminal:
        for row in rows:
            print("\t".join(cell.replace("\n", "\t") for cell in row))
        return
    table = Table(show_lines=any("\n" in cell for row in rows for cell in row))
    for name in columns:
        table.add_column(name, no_wrap=name in whole, overflow="fold")
    for row in rows:
        # Text, not markup: a type or a reason may hold brackets.
        table.add_row(*map(Text, row))
    out.print(table)


class LogFollower:
    """Prints what is added to several log files, each line behind its service's name."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._open: dict[str, TextIO] = {}
        self._rest: dict[str, str] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
        self._width = max(len(name) for name in files)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the last line is printed."""
        self._done.set()
        if self._thread.is_alive():
            self._thread.join(5)
        for file in self._open.values():
            file.close()

    def _run(self) -> None:
        while not self._done.wait(0.15):
            self._print_new()
        self._print_new()

    def _print_new(self) -> None:
        for number, (name, path) in enumerate(self._files.items()):
            if name not in self._open:
                if not path.exists():
                    continue
                self._open[name] = path.open(encoding="utf-8", errors="replace")
            text = self._rest.pop(name, "") + self._open[name].read()
            *lines, self._rest[name] = text.split("\n")
            for line in lines:
                self._print(name, line, COLOURS[number % len(COLOURS)])

    def _print(self, name: str, line: str, colour: str) -> None:
        prefix = Text(f"{name:<{self._width}} │ ", style=colour)
        console.print(prefix + Text.from_ansi(line))
