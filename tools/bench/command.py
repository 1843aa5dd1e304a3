"""The command line of the benchmark. Modules are imported once signals are heard."""

from __future__ import annotations

import json
import logging
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import uvloop
from rich.console import Console

from portal_cli import stopping

if TYPE_CHECKING:
    from tools.bench.parts import Sizes
    from tools.bench.stand import Stand

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(stderr=True)


@app.command()
def bench(
    ctx: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Figures for machines")] = False,
    only: Annotated[str, typer.Option(help="Some parts, e.g. latency,recovery")] = "",
    claims: Annotated[int, typer.Option(help="Claims for ours and the bare limit")] = 20_000,
    usual: Annotated[int, typer.Option(help="Claims for the usual way, order kept")] = 3_000,
    due: Annotated[int, typer.Option(help="Timers due at once")] = 100_000,
    asks: Annotated[int, typer.Option(help="Commands timed one by one")] = 1000,
    fanout: Annotated[int, typer.Option(help="Re-adjudications ordered at once")] = 100_000,
    backlog: Annotated[int, typer.Option(help="Messages waiting when it starts")] = 1_000_000,
    against: Annotated[
        Path | None, typer.Option(help="What an earlier run printed with --json; for the table")
    ] = None,
) -> None:
    """Throughput beside the usual way, latency, timers, memory, recovery: one run.

    Nothing that it starts outlives it.
    """
    ctx.with_resource(stopping.on_signals())
    # What is not up yet is waited for; the Kafka library's lines about it would only frighten.
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())

    from tools.bench.parts import Sizes
    from tools.bench.report import table
    from tools.bench.stand import stand

    earlier = _earlier(against) if against else None
    names, sizes = _chosen(only), Sizes(claims, usual, due, asks, fanout, backlog)
    with console.status("starting servers for the benchmark"), stand() as place:
        figures = uvloop.run(_measure(place, names, sizes))
    if as_json:
        json.dump(figures, sys.stdout, indent=2)
        print()
        return
    Console().print(table(figures, earlier))
    Console().print(f"{figures['machine']}, {figures['at']}")
    if stolen := max(figures["stolen_percent"].values(), default=0):
        Console().print(f"The host kept up to {stolen} % of the processors to itself meanwhile.")


def _earlier(file: Path) -> dict[str, Any]:
    """The figures of an earlier run. Read before anything is measured, and tried on the table."""
    from tools.bench.report import table

    try:
        figures: dict[str, Any] = dict(json.loads(file.read_text()))
        table(figures)
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError):
        raise typer.BadParameter(
            f"{file} cannot be read as figures; `python -m tools.bench --json > FILE` of this "
            "version writes such a file",
            param_hint="--against",
        ) from None
    return figures


def _chosen(only: str) -> list[str]:
    """Names of the parts to run, in their order."""
    from tools.bench.parts import PARTS

    wanted = {name.strip() for name in only.split(",") if name.strip()} or set(PARTS)
    if unknown := sorted(wanted - set(PARTS)):
        raise typer.BadParameter(
            f"there is no part {', '.join(unknown)}; there are {', '.join(PARTS)}",
            param_hint="--only",
        )
    return [name for name in PARTS if name in wanted]


async def _measure(stand: Stand, names: list[str], sizes: Sizes) -> dict[str, Any]:
    import psutil

    from tools.bench.parts import PARTS

    measured: dict[str, Any] = {}
    stolen: dict[str, float] = {}
    for name in names:
        psutil.cpu_times_percent()  # the next call tells what has been since this one
        measured[name] = await PARTS[name](stand, sizes, console.log)
        stolen[name] = psutil.cpu_times_percent().steal
        console.log(name, measured[name])  # a later part that fails takes nothing with it
        await stand.clear()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"machine": _machine(), "at": at, "stolen_percent": stolen, **measured}


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
