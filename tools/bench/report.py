"""The figures as a table, each beside what was asked for."""

from collections.abc import Callable, Iterator
from typing import Any

from rich.table import Table

Row = tuple[str, str, str]
Figures = dict[str, Any]


def table(figures: Figures, earlier: Figures | None = None) -> Table:
    """Only the parts that were measured; beside them what an earlier run measured.

    Only ratios of two runs can be compared: the machine is another one each time.
    """
    made = Table("what", "measured", *(["earlier"] if earlier else []), "asked for")
    for name, rows in ROWS.items():
        before = list(rows(earlier[name])) if earlier and name in earlier else []
        for place, (what, now, asked) in enumerate(rows(figures[name]) if name in figures else ()):
            then = [before[place][1] if before else ""] if earlier else []
            made.add_row(what, now, *then, asked)
    return made


def _claims(c: Figures) -> Iterator[Row]:
    yield "claims a second, ours", f"{c['ours_per_s']} ({c['instances']} instances)", ""
    yield "× the usual way", f"{c['ours_over_usual']} ({c['usual_per_s']}/s)", "≥ 10"
    pool = f"{c['ours_over_usual_pool']} ({c['usual_pool_per_s']}/s)"
    yield "× the usual way, pool", pool, "≥ 5"
    yield "of the bare limit", f"{c['ours_over_bare']} ({c['bare_per_s']}/s)", "≥ 0.10"


def _latency(la: Figures) -> Iterator[Row]:
    for p in ("p50", "p99"):
        ours, echo = la[f"command_{p}_ms"], la[f"echo_{p}_ms"]
        yield f"command to reply, {p}", f"{ours} ms, echo {echo} ms: × {ours / echo:.1f}", "≤ 5 ×"


def _timers(t: Figures) -> Iterator[Row]:
    drained = f"{t['drained']} drained, {t['duplicates']} twice"
    yield "timers due at once", drained, "none twice"
    yield "timer lateness, p99", f"{t['lateness_p99_ms']} ms", "≤ 1000 ms"


def _service(s: Figures) -> Iterator[Row]:
    yield "start to ready, slowest", f"{s['ready_s']} s", "≤ 3 s"
    yield "memory when idle, largest", f"{s['rss_mb']} MB", "≤ 150 MB"


def _recovery(r: Figures) -> Iterator[Row]:
    again = f"{r['restarted_s']} s (without one that stands by {r['cold_s']} s)"
    yield "kill -9 to working again, restarted", again, "≤ 1 s"
    yield "kill -9 to working again, gone", f"{r['gone_s']} s", "≤ 12 s"


def _fanout(f: Figures) -> Iterator[Row]:
    yield f"{f['count']} re-adjudications enqueued", f"{f['enqueued_s']} s", "≤ 5 s"
    yield "and all of them done", f"{f['done_s']} s", ""
    times = f["other_p99_ms"] / f["idle_p99_ms"]
    p99 = f"{f['other_p99_ms']} ms, idle {f['idle_p99_ms']} ms: × {times:.1f}"
    yield "other commands meanwhile, p99", p99, "< 10 ×"


def _backlog(b: Figures) -> Iterator[Row]:
    times = b["rss_peak_mb"] / b["rss_short_mb"]
    peak = f"{b['rss_peak_mb']} MB, short backlog {b['rss_short_mb']} MB: × {times:.2f}"
    yield f"memory with {b['messages']} messages waiting, peak", peak, "≤ 150 MB, flat"
    yield "of them worked meanwhile", f"{b['worked']} (from {b['rss_mb']} MB)", ""


ROWS: dict[str, Callable[[Figures], Iterator[Row]]] = {
    "claims": _claims,
    "latency": _latency,
    "timers": _timers,
    "service": _service,
    "recovery": _recovery,
    "fanout": _fanout,
    "backlog": _backlog,
}
