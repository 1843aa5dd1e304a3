"""Heal, drain: until every queue is empty, or the patience is at an end."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta

from aiokafka.errors import KafkaError

from portal_cli.lag import measure
from portal_contracts.topics import SERVICES
from portal_runtime.settings import RuntimeSettings
from tests.chaos.clockwork import Clockwork
from tests.chaos.driver import Driver
from tests.chaos.instances import Say
from tests.chaos.stand import Stand
from tests.chaos.work.mixer import Mixer

PATIENCE = 120.0
TOLD_EVERY = 10.0
READY = 60.0
ASKED, ANSWERS_WITHIN = 3, 16.0
"""Rounds of the queries after healing, and seconds for each: a lost query is a time-out."""
LATEST = (timedelta(hours=1), timedelta(days=40), timedelta(days=120))
"""The clock goes on until everything that was ever due is: releases, deadlines, expiries."""


async def drain(
    stand: Stand, driver: Driver, mixer: Mixer, clockwork: Clockwork, say: Say
) -> float:
    """Seconds it took. What took too long is a note, and thereby a violation."""
    began = time.monotonic()
    for instance in stand.fleet.instances:
        if not await instance.ready(READY):
            stand.notes.append(f"{instance.name} is not ready {READY:.0f} s after the last fault")
    await _quiet(stand, driver, mixer, say)
    await _ask(driver, mixer)
    for leap in LATEST:
        await clockwork.forward(leap)
        await asyncio.sleep(2)
        await _quiet(stand, driver, mixer, say)
        mixer.open_some()
        await _quiet(stand, driver, mixer, say)
        say(f"drained, clock at +{clockwork.offset.days} days")
    return time.monotonic() - began


async def _ask(driver: Driver, mixer: Mixer) -> None:
    """Whether all of them were answered is for the checkers to say."""
    orders = mixer.owed()
    for _ in range(ASKED):
        mixer.post(*orders)
        deadline = time.monotonic() + ANSWERS_WITHIN
        while any(order.id in driver.open for order in orders) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        unanswered = {o.message.TYPE for o in orders if o.id in driver.open}
        orders = [order for order in mixer.owed() if order.message.TYPE in unanswered]
        if not orders:
            return


async def _quiet(stand: Stand, driver: Driver, mixer: Mixer, say: Say) -> None:
    """Until nothing is unanswered, unread, unpublished or due, twice in a row."""
    calm, since = 0, time.monotonic()
    told = since
    while calm < 2:
        mixer.follow_up()
        waiting = await _waiting(stand, driver) | mixer.uploads.open()
        now = time.monotonic()
        if waiting and now - told > TOLD_EVERY:
            told = now
            say(f"waiting for {waiting}")
        if now - since > PATIENCE:
            stand.notes.append(f"not drained after {PATIENCE:.0f} s: {waiting}")
            return
        calm = 0 if driver.follow_ups or waiting else calm + 1
        await asyncio.sleep(0.5)


async def _waiting(stand: Stand, driver: Driver) -> dict[str, int]:
    """What is not done yet, by kind."""
    unanswered = Counter(order.message.TYPE for order in driver.unanswered())
    found = {f"unanswered {type_}": count for type_, count in unanswered.items()}
    found["on the way to Kafka"] = driver.sending
    try:
        for lag in await measure(RuntimeSettings(kafka=stand.direct.kafka)):
            if lag.behind and not lag.topic.endswith(".queries"):
                found[f"{lag.service} behind in {lag.topic}"] = lag.behind
    except KafkaError as error:
        found[f"Kafka: {type(error).__name__}"] = 1
    for service in SERVICES:
        async with stand.database(service) as conn:
            found[f"{service} unpublished"] = await conn.fetchval(
                "select count(*) from batches where not published"
            )
            found[f"{service} effects"] = await conn.fetchval(
                "select count(*) from effects where state = 'waiting'"
            )
    return {name: count for name, count in found.items() if count}
