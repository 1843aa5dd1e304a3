"""`python -m tests.chaos`: see `make chaos` and docs/promises.md."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from portal_cli.infra import reaper
from tests.chaos import faults
from tests.chaos.instances import Say
from tests.chaos.run import LOG, PLAN, Options, run
from tests.chaos.stand import remove
from tests.chaos.table import as_json, show

AROUND = 2
"""Minutes that a run takes besides those under faults."""


def main() -> int:
    """0 only if every invariant held; 130 if it was stopped before it could be known."""
    args = _arguments()
    reaper.guard()
    # The driver's own client speaks of every server that goes away; that is the point here.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    folder = args.keep.resolve() if args.keep else _new_folder()
    console = Console(soft_wrap=True)
    began = time.monotonic()

    def say(text: str) -> None:
        console.print(f"{time.monotonic() - began:7.1f} {text}", markup=False, highlight=False)

    say(f"seed {args.seed}, {args.minutes:g} minutes, only {args.only or 'all'}; files in {folder}")
    say(f"starting, healing, draining and checking take about {AROUND} minutes more")
    options = Options(args.seed, args.minutes, args.only, args.rate, folder)
    _stop_cleanly()
    with evidence(folder, say, keep=bool(args.keep)) as verdict:
        summary = asyncio.run(run(options, say))
        verdict.reached, verdict.held = True, summary.held
        show(summary, console)
        if args.json:
            args.json.write_text(json.dumps(as_json(summary), indent=1) + "\n")
    if verdict.stopped:
        return 128 + signal.SIGINT
    return 0 if verdict.held else 1


def _stop_cleanly() -> None:
    """SIGTERM as Ctrl-C, so that no process is left behind; also where a script ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as `nohup` has it
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGINT))


@dataclass
class Verdict:
    """Of a run; none so far."""

    reached: bool = False
    held: bool = False
    stopped: bool = False
    """Somebody did not wait for it."""


@contextmanager
def evidence(folder: Path, say: Say, *, keep: bool) -> Iterator[Verdict]:
    """A run that did not hold, or came to no verdict, leaves all that could explain it.

    Also one that was stopped: whoever stops it may do so because it hangs.
    """
    verdict = Verdict()
    try:
        yield verdict
    except KeyboardInterrupt:
        verdict.stopped = True
        say("stopped" if verdict.reached else "stopped; this run proves nothing")
    finally:
        if not verdict.held:
            say(f"what it left is kept in {folder}: {PLAN}, {LOG}, the servers' files and all logs")
        elif not keep:
            remove(folder)


def _new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="portal-chaos-"))
    folder.chmod(0o755)  # else PostgreSQL's account cannot enter, and its files lie elsewhere
    return folder


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--minutes", type=_minutes, default=15)
    parser.add_argument("--only", type=_numbers, default=(), help="faults by number: 1,4,16")
    parser.add_argument("--rate", type=float, default=500, help="most commands a second")
    parser.add_argument("--keep", type=Path, help="folder in which everything stays")
    parser.add_argument("--json", type=Path, help="the figures, for docs")
    return parser.parse_args()


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of minutes above 0")
    return minutes


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return faults.numbers(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
