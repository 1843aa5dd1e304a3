"""The command line of the benchmark."""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.table import Table

app = typer.Typer()
console = Console(stderr=True)


@app.callback(invoke_without_command=True)
def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Figures for machines")] = False,
    claims: Annotated[int, typer.Option(help="Claims for ours and the bare limit")] = 20_000,
    usual: Annotated[int, typer.Option(help="Claims for the usual way, order kept")] = 3_000,
    due: Annotated[int, typer.Option(help="Timers due at once")] = 100_000,
    asks: Annotated[int, typer.Option(help="Commands timed one by one")] = 500,
) -> None:
    """Throughput beside the usual way and the bare limit, latency, timers, memory: one run."""
    from portal_cli.bench.stand import stand

    with console.status("starting servers for the benchmark"), stand() as place:
        figures = uvloop.run(_measure(place, claims, usual, due, asks))
    if as_json:
        json.dump(figures, sys.stdout, indent=2)
        print()
    else:
        _print(figures)


async def _measure(stand: Any, claims: int, usual: int, due: int, asks: int) -> dict[str, Any]:
    """One after the other. The usual way gets its better result of four and eight workers."""
    from portal_cli.bench import idle, latency, throughput, timers

    say = console.log
    say("bare limit: the same bytes, one bulk insert for 1,000")
    bare = await throughput.bare(stand, claims)
    rates = {}
    for instances in (1, 2):
        say(f"ours with {instances} instance(s)")
        rates[instances] = await throughput.ours(stand, claims, instances)
    best = max(rates, key=lambda n: rates[n])
    say("the usual way: a transaction per message, order kept")
    one = await throughput.the_usual_way(stand, usual, 1)
    pools = []
    for workers in (4, 8):
        say(f"the usual way with {workers} workers, order lost")
        pools.append(await throughput.the_usual_way(stand, 2 * usual, workers))
    part = "ours1"
    with stand.services(stand.process(part, "claims")):
        say("latency, beside an echo")
        echo = await latency.echo(stand, asks)
        command = await latency.commands(stand, part, asks)
        say(f"{due} timers due at once")
        drained, duplicates, seconds = await timers.drain(stand, part, due)
        late = await timers.lateness(stand, part, 200)
    say("each service alone: start and memory")
    services = await idle.measure(stand)
    return {
        "machine": _machine(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "claims": {
            "ours_per_s": round(rates[best]),
            "usual_per_s": round(one),
            "usual_pool_per_s": round(max(pools)),
            "bare_per_s": round(bare),
            "instances": best,
            "ours_one_instance_per_s": round(rates[1]),
            "ours_over_usual": round(rates[best] / one, 2),
            "ours_over_usual_pool": round(rates[best] / max(pools), 2),
            "ours_over_bare": round(rates[best] / bare, 3),
        },
        "latency": {
            "command_p50_ms": round(latency.percentile(command, 0.5), 2),
            "command_p99_ms": round(latency.percentile(command, 0.99), 2),
            "echo_p50_ms": round(latency.percentile(echo, 0.5), 2),
            "echo_p99_ms": round(latency.percentile(echo, 0.99), 2),
        },
        "timers": {
            "drained": drained,
            "duplicates": duplicates,
            "drained_per_s": round(drained / seconds),
            "lateness_p99_ms": round(late, 1),
        },
        "service": {
            "rss_mb": round(max(rss for _, rss in services.values()), 1),
            "ready_s": round(max(ready for ready, _ in services.values()), 2),
            "each": {
                name: {"ready_s": round(ready, 2), "rss_mb": round(rss, 1)}
                for name, (ready, rss) in services.items()
            },
        },
    }


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def _print(figures: dict[str, Any]) -> None:
    table = Table("what", "measured", "asked for")
    c, la, t, s = (figures[k] for k in ("claims", "latency", "timers", "service"))
    table.add_row("claims a second, ours", f"{c['ours_per_s']} ({c['instances']} instances)", "")
    table.add_row("× the usual way", f"{c['ours_over_usual']} ({c['usual_per_s']}/s)", "≥ 10")
    table.add_row(
        "× the usual way, pool", f"{c['ours_over_usual_pool']} ({c['usual_pool_per_s']}/s)", "≥ 5"
    )
    table.add_row("of the bare limit", f"{c['ours_over_bare']} ({c['bare_per_s']}/s)", "≥ 0.10")
    for p in ("p50", "p99"):
        ours, echo = la[f"command_{p}_ms"], la[f"echo_{p}_ms"]
        table.add_row(
            f"command to reply, {p}", f"{ours} ms, echo {echo} ms: × {ours / echo:.1f}", "≤ 5 ×"
        )
    table.add_row(
        "timers due at once", f"{t['drained']} drained, {t['duplicates']} twice", "none twice"
    )
    table.add_row("timer lateness, p99", f"{t['lateness_p99_ms']} ms", "≤ 1000 ms")
    table.add_row("start to ready, slowest", f"{s['ready_s']} s", "≤ 3 s")
    table.add_row("memory when idle, largest", f"{s['rss_mb']} MB", "≤ 150 MB")
    Console().print(table)
    Console().print(f"{figures['machine']}, {figures['at']}")
