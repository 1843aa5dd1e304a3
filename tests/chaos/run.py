"""One run: load under faults, heal, drain, check."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from portal_contracts.claims.events import ReadjudicationsOrdered
from portal_runtime.keys import DEMO_ROLES
from tests.chaos import plan
from tests.chaos.checkers import CHECKERS
from tests.chaos.clockwork import Clockwork
from tests.chaos.collect import collect
from tests.chaos.drain import drain
from tests.chaos.driver import Driver, settle
from tests.chaos.faults import FAULTS, IN_THE_LOAD, Fault, Lane
from tests.chaos.history import History
from tests.chaos.instances import Say
from tests.chaos.intent import IntentLog
from tests.chaos.orders import PARKED, QUERY
from tests.chaos.population import populate
from tests.chaos.stand import Stand, stand
from tests.chaos.table import Summary
from tests.chaos.work.mixer import Mixer
from tests.chaos.work.office import Office

LOG = "intent.jsonl"


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


async def run(options: Options, say: Say) -> Summary:
    """The whole of it."""
    planned = plan.draw(options.seed, options.minutes, options.faults())
    _keep_plan(options, planned)
    async with stand(options.folder, say) as s:
        log = IntentLog(options.folder / LOG)
        struck, restarts, drained, made = await _under_fire(options, s, log, planned, say)
        log.close()
        say("reading everything that the run left behind")
        history = await collect(s, options.folder / LOG)
    say("checking")
    return _judge(options, history, struck, restarts, drained, made)


async def _under_fire(
    options: Options,
    s: Stand,
    log: IntentLog,
    planned: dict[Lane, list[plan.Planned]],
    say: Say,
) -> tuple[Counter[tuple[int, str]], int, float, Counter[str]]:
    random = Random(f"load {options.seed}")
    signers = {kid: s.signer(kid) for kid in DEMO_ROLES}
    driver = Driver(s.direct.kafka, log, signers, Random(f"driver {options.seed}"))
    async with AsyncExitStack() as stack:
        await driver.start()
        stack.push_async_callback(driver.stop)
        today = datetime.now(UTC).date()
        people = populate(options.seed, today)
        say(f"enrolling {len(people.members)} members and {len(people.clinics)} clinics")
        await settle(people.enrolments(), driver, 90)
        poison = not options.only or bool({16, 17} & set(options.only))
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
            clock.cancel()
            watch.cancel()
            await asyncio.gather(clock, watch, return_exceptions=True)
        await load
        log.fact(phase="drain")
        say("healed; draining")
        drained = await drain(s, driver, mixer, clockwork, say)
        made = Counter(mixer.made)
        made["queries"] = driver.sent[QUERY]
        return nemesis.struck, sum(s.fleet.restarts.values()), drained, made


async def _progress(driver: Driver, mixer: Mixer, until: float, say: Say) -> None:
    before = 0
    while True:
        await asyncio.sleep(10)
        sent = sum(driver.sent.values())
        open_ = dict(driver.waiting)
        left = until - time.monotonic()
        say(f"{left:.0f} s left, {sent:,} sent ({(sent - before) / 10:.0f}/s), waiting: {open_}")
        if driver.unsure:
            say(f"sent again after {dict(driver.unsure)}")
        before = sent


def _judge(
    options: Options,
    history: History,
    struck: Counter[tuple[int, str]],
    restarts: int,
    drained: float,
    made: Counter[str],
) -> Summary:
    ordered = history.of_type(ReadjudicationsOrdered.TYPE)
    fan_outs = [event.facts["claims"] for event in ordered if event.facts]
    ids = {sent.id for sent in history.sent if sent.expect != QUERY}
    return Summary(
        seed=options.seed,
        minutes=options.minutes,
        faults=struck,
        in_the_load={
            (13, IN_THE_LOAD[13]): made["again"] + made["other body"],
            (16, IN_THE_LOAD[16]): made["poison"],
            (23, IN_THE_LOAD[23]): sum(map(len, fan_outs)),
            (24, IN_THE_LOAD[24]): len(fan_outs),
            (27, IN_THE_LOAD[27]): made["queries"],
        },
        commands=len(ids),
        copies=len(history.sent),
        answers=len(history.answers),
        parked=sum(sent.expect == PARKED for sent in history.sent),
        restarts=restarts,
        drained_in=drained,
        violations={name: list(check(history)) for name, check in CHECKERS.items()},
    )


def _keep_plan(options: Options, planned: dict[Lane, list[plan.Planned]]) -> None:
    lines = [str(one) for lane in planned.values() for one in lane]
    options.folder.mkdir(parents=True, exist_ok=True)
    told = {"seed": options.seed, "minutes": options.minutes, "only": options.only}
    text = json.dumps({**told, "rate": options.rate}) + "\n" + "\n".join(lines) + "\n"
    (options.folder / "plan.txt").write_text(text)
