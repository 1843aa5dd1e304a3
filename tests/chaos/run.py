"""One run: load under faults, heal, drain, check."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from random import Random

from portal_contracts.claims.events import ReadjudicationsOrdered
from portal_runtime.security.keys import DEMO_ROLES
from tests.chaos import edge, plan
from tests.chaos.checkers import CHECKERS
from tests.chaos.checkers.seen import looked_at
from tests.chaos.clockwork import Clockwork
from tests.chaos.collect import collect
from tests.chaos.drain import drain
from tests.chaos.driver import Driver, settle
from tests.chaos.faults import FAULTS, IN_THE_LOAD, Fault, Lane
from tests.chaos.history import History, Violation
from tests.chaos.instances import Say
from tests.chaos.intent import IntentLog
from tests.chaos.orders import QUERY
from tests.chaos.population import populate
from tests.chaos.stand import Stand, stand
from tests.chaos.table import Summary
from tests.chaos.work.mixer import Mixer
from tests.chaos.work.office import Office

LOG = "intent.jsonl"
PLAN = "plan.txt"
WHOLE = 2.0
"""Minutes in which, without ONLY, everything happens that the checkers look at."""
LONG = 10.0
"""Minutes in which a fault that is tried also strikes."""


@dataclass(frozen=True)
class Options:
    """What a run is made of; printed, so that it can be repeated."""

    seed: int
    minutes: float
    only: tuple[int, ...]
    rate: float
    folder: Path

    def faults(self) -> Sequence[Fault]:
        return [f for f in FAULTS if not self.only or f.number in self.only]

    @property
    def whole(self) -> bool:
        return not self.only and self.minutes >= WHOLE


@dataclass
class UnderFire:
    """What the run itself counted."""

    tally: Mapping[plan.Family, plan.Tally]
    made: Counter[str]
    drained_in: float
    restarts: int
    ends: Counter[str] = field(default_factory=Counter)


async def run(options: Options, say: Say) -> Summary:
    """The whole of it."""
    planned = plan.draw(options.seed, options.minutes, options.faults())
    _keep_plan(options, planned)
    async with stand(options.folder, say) as s:
        log = IntentLog(options.folder / LOG)
        fire = await _under_fire(options, s, log, planned, say)
        log.close()
        say("reading everything that the run left behind")
        history = await collect(s, options.folder / LOG)
    history.whole = options.whole
    say("checking")
    return judge(options, history, fire)


async def _under_fire(
    options: Options,
    s: Stand,
    log: IntentLog,
    planned: dict[Lane, list[plan.Planned]],
    say: Say,
) -> UnderFire:
    random = Random(f"load {options.seed}")
    signers = {kid: s.signer(kid) for kid in DEMO_ROLES}
    driver = Driver(s.direct.kafka, log, signers, Random(f"driver {options.seed}"))
    async with AsyncExitStack() as stack:
        await driver.start()
        stack.push_async_callback(driver.stop)
        today = datetime.now(UTC).date()
        people = populate(options.seed, today)
        say(f"enrolling {len(people.members)} members and {len(people.clinics)} clinics")
        await settle(people.enrollments(), driver, 90)
        poison = not options.only or bool({16, 17} & set(options.only))
        too_large = await beyond_the_edge(s) if poison else 0
        mixer = Mixer(driver, Office(random, people, today), options.rate, poison)
        clockwork = Clockwork(s.direct.kafka, log)
        nemesis = plan.Nemesis(s, log, say)
        until = time.monotonic() + options.minutes * 60
        log.fact(phase="load")
        load = asyncio.create_task(mixer.run())
        clock = asyncio.create_task(clockwork.run())
        watch = asyncio.create_task(_progress(driver, mixer, until, say))
        try:
            await nemesis.run(planned, until)
            await asyncio.sleep(max(0.0, until - time.monotonic()))
        finally:
            mixer.stop()
            await end(clock, watch)
        await load
        log.fact(phase="drain")
        say("healed; draining")
        drained = await drain(s, driver, mixer, clockwork, say)
        made = Counter(mixer.made)
        made["too large"] = too_large
        s.fleet.account()
        restarts = sum(s.fleet.restarts.values())
        return UnderFire(nemesis.tally, made, drained, restarts, s.fleet.ends.expected)


async def beyond_the_edge(s: Stand) -> int:
    """How many records Kafka refused for their size. One that it takes is a violation."""
    refused = await edge.refused(s.direct.kafka)
    taken = [size for size in edge.SIZES if size not in refused]
    s.notes += [f"Kafka took a record of {size} bytes, which must never get in" for size in taken]
    return len(refused)


async def end(*tasks: asyncio.Task[None]) -> None:
    """Cancel them. One that had failed before is no use to anybody: the run fails with it."""
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


async def _progress(driver: Driver, mixer: Mixer, until: float, say: Say) -> None:
    before = 0
    while True:
        await asyncio.sleep(10)
        sent = sum(driver.sent.values())
        open_ = dict(driver.waiting)
        left = until - time.monotonic()
        head = f"{left:.0f} s left" if left > 0 else "the last faults heal"
        say(f"{head}, {sent:,} sent ({(sent - before) / 10:.0f}/s), waiting: {open_}")
        if driver.unsure:
            say(f"sent again after {dict(driver.unsure)}")
        before = sent


def judge(options: Options, history: History, fire: UnderFire) -> Summary:
    """Every checker's word, and what it had before it."""
    ordered = history.of_type(ReadjudicationsOrdered.TYPE)
    fan_outs = [event.facts["claims"] for event in ordered if event.facts]
    made = fire.made
    in_the_load = {
        13: made["again"] + made["other body"],
        16: made["poison"],
        17: made["too large"],
        23: sum(map(len, fan_outs)),
        24: len(fan_outs),
    }
    violations = {name: list(check(history)) for name, check in CHECKERS.items()}
    violations["faults"] = list(in_vain(fire.tally)) if options.minutes >= LONG else []
    return Summary(
        seed=options.seed,
        minutes=options.minutes,
        faults=fire.tally,
        in_the_load={(n, name): in_the_load[n] for n, name in IN_THE_LOAD.items()},
        asked_for=options.only,
        commands=len({sent.id for sent in history.sent if sent.expect != QUERY}),
        copies=len(history.sent),
        answers=len(history.answers),
        restarts=fire.restarts,
        ends=fire.ends,
        drained_in=fire.drained_in,
        away=history.missing(0.0, inf),
        looked_at=looked_at(history),
        violations=violations,
    )


def in_vain(tally: Mapping[plan.Family, plan.Tally]) -> Iterator[Violation]:
    """A fault that is tried again and again and never strikes proves nothing."""
    for (number, name), count in tally.items():
        if not count.struck and count.tried >= plan.TRIED_ENOUGH:
            yield Violation("wrong", f"{number} {name} was tried {count.tried} times, in vain")


def _keep_plan(options: Options, planned: dict[Lane, list[plan.Planned]]) -> None:
    lines = [str(one) for lane in planned.values() for one in lane]
    options.folder.mkdir(parents=True, exist_ok=True)
    told = {"seed": options.seed, "minutes": options.minutes, "only": options.only}
    text = json.dumps({**told, "rate": options.rate}) + "\n" + "\n".join(lines) + "\n"
    (options.folder / PLAN).write_text(text)
