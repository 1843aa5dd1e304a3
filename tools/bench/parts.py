"""The parts of the benchmark. Each prepares what it needs, so that it can also run alone."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from statistics import mean
from typing import Any

from tools.bench import backlog, fanout, idle, latency, recovery, throughput, timers
from tools.bench.stand import Stand

Figures = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sizes:
    """How much of everything."""

    claims: int
    usual: int
    due: int
    asks: int
    fanout: int
    backlog: int


async def claims(stand: Stand, sizes: Sizes, say: Say) -> Figures:
    """In turns: the bare limit and ours three times, the usual way in between; of them the mean.

    A machine shared with others changes its speed within minutes. The usual way gets its better
    result of four and eight workers, ours that of one and two instances.
    """
    bare, twos = [], []

    async def both(turn: int) -> None:
        say("bare limit: the same bytes, one bulk insert for 1,000")
        bare.append(await throughput.bare(stand, sizes.claims, turn))
        say("ours with 2 instances")
        twos.append(await throughput.ours(stand, sizes.claims, 2, turn))

    await both(1)
    say("the usual way: a transaction per message, order kept")
    usual = await throughput.the_usual_way(stand, sizes.usual, 1)
    await both(2)
    pools = []
    for workers in (4, 8):
        say(f"the usual way with {workers} workers, order lost")
        pools.append(await throughput.the_usual_way(stand, 2 * sizes.usual, workers))
    say("ours with 1 instance")
    rates = {1: await throughput.ours(stand, sizes.claims, 1)}
    await both(3)
    rates[2], limit = mean(twos), mean(bare)
    best = max(rates, key=lambda n: rates[n])
    return {
        "ours_per_s": round(rates[best]),
        "usual_per_s": round(usual),
        "usual_pool_per_s": round(max(pools)),
        "bare_per_s": round(limit),
        "instances": best,
        "ours_one_instance_per_s": round(rates[1]),
        "ours_over_usual": round(rates[best] / usual, 2),
        "ours_over_usual_pool": round(rates[best] / max(pools), 2),
        "ours_over_bare": round(rates[best] / limit, 3),
    }


async def idle_latency(stand: Stand, sizes: Sizes, say: Say) -> Figures:
    say("latency, beside an echo")
    await throughput.prepare(stand, "latency")
    with stand.services(stand.process("latency", "claims")):
        echo, command = await latency.measure(stand, "latency", sizes.asks)
    return {
        f"{what}_{name}_ms": round(latency.percentile(times, share), 2)
        for what, times in (("command", command), ("echo", echo))
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }


async def due_timers(stand: Stand, sizes: Sizes, say: Say) -> Figures:
    say(f"{sizes.due} timers due at once")
    await throughput.prepare(stand, "timers")
    with stand.services(stand.process("timers", "claims")):
        drained, duplicates, seconds = await timers.drain(stand, "timers", sizes.due)
        late = await timers.lateness(stand, "timers", 200)
    return {
        "drained": drained,
        "duplicates": duplicates,
        "drained_per_s": round(drained / seconds),
        "lateness_p99_ms": round(late, 1),
    }


async def idle_services(stand: Stand, _: Sizes, say: Say) -> Figures:
    say("each service alone: start and memory")
    services = await idle.measure(stand)
    return {
        "rss_mb": round(max(rss for _, rss in services.values()), 1),
        "ready_s": round(max(ready for ready, _ in services.values()), 2),
        "each": {
            name: {"ready_s": round(ready, 2), "rss_mb": round(rss, 1)}
            for name, (ready, rss) in services.items()
        },
    }


async def killed(stand: Stand, _: Sizes, say: Say) -> Figures:
    say("kill -9: an instance that starts again, and one that is gone")
    return {name: round(s, 2) for name, s in asdict(await recovery.measure(stand)).items()}


async def fanned_out(stand: Stand, sizes: Sizes, say: Say) -> Figures:
    say(f"{sizes.fanout} re-adjudications, with somebody else beside")
    return {
        name: round(value, 2)
        for name, value in asdict(await fanout.measure(stand, sizes.fanout)).items()
    }


async def long_backlog(stand: Stand, sizes: Sizes, say: Say) -> Figures:
    say(f"a backlog of {sizes.backlog} messages")
    return {
        name: round(value, 1)
        for name, value in asdict(await backlog.measure(stand, sizes.backlog)).items()
    }


PARTS: dict[str, Callable[[Stand, Sizes, Say], Awaitable[Figures]]] = {
    "claims": claims,
    "latency": idle_latency,
    "timers": due_timers,
    "service": idle_services,
    "recovery": killed,
    "fanout": fanned_out,
    "backlog": long_backlog,
}
"""By the name of their figures, in the order in which they run."""
