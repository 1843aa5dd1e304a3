"""`python -m tests.chaos`: see `make chaos` and docs/promises.md."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from portal_cli.infra import reaper
from tests.chaos.run import Options, run
from tests.chaos.stand import remove
from tests.chaos.table import as_json, show


def main() -> int:
    """0 only if every invariant held."""
    args = _arguments()
    # The driver's own client speaks of every server that goes away; that is the point here.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    folder = args.keep or Path(tempfile.mkdtemp(prefix="portal-chaos-"))
    if not args.keep:
        reaper.discard(folder)
    console = Console(soft_wrap=True)
    began = time.monotonic()

    def say(text: str) -> None:
        console.print(f"{time.monotonic() - began:7.1f} {text}", markup=False, highlight=False)

    say(f"seed {args.seed}, {args.minutes:g} minutes, only {args.only or 'all'}; files in {folder}")
    options = Options(args.seed, args.minutes, args.only, args.rate, folder)
    try:
        summary = asyncio.run(run(options, say))
    finally:
        if not args.keep:
            remove(folder)
    show(summary, console)
    if args.json:
        args.json.write_text(json.dumps(as_json(summary), indent=1) + "\n")
    return 0 if summary.held else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--only", type=_numbers, default=(), help="faults by number: 1,4,16")
    parser.add_argument("--rate", type=float, default=500, help="most commands a second")
    parser.add_argument("--keep", type=Path, help="folder in which everything stays")
    parser.add_argument("--json", type=Path, help="the figures, for docs")
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part)


if __name__ == "__main__":
    sys.exit(main())
