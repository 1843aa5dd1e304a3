"""`portal lag`: how many messages wait for each service, by topic, and how many effects."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import typer
from rich.table import Table

from portal_cli.show import console
from portal_cli.stack import run_with_kafka
from portal_contracts import topics
from portal_contracts.topics import SERVICES
from portal_runtime.observing.causes import cause
from portal_runtime.recovery.kept_effects import EffectCounts, counts
from portal_runtime.settings import RuntimeSettings

CAPTION = "to do: not read yet. written: ever, to this topic. instances: that share the work."

app = typer.Typer()


@dataclass(frozen=True)
class Lag:
    """One consumer group on one topic."""

    service: str
    topic: str
    behind: int
    total: int
    instances: int = 0
    """Who takes them, each a share of the partitions."""


@app.command()
def lag(
    every: float = typer.Option(0, help="Show again every so many seconds; 0 = once."),
) -> None:
    """How many messages wait for each service, by topic, and how many effects."""
    settings = RuntimeSettings()
    while True:
        console.print(_table(run_with_kafka(settings.kafka, measure(settings))))
        for service, found in asyncio.run(effects(settings)).items():
            if words := say(found):
                console.print(f"effects of {service}: {words}")
        if not every:
            return
        time.sleep(every)


def _table(lags: list[Lag]) -> Table:
    table = Table("service", "topic", "to do", "written", "instances", caption=CAPTION)
    for row in lags:
        behind = f"[yellow]{row.behind}[/]" if row.behind else "[green]0[/]"
        working = str(row.instances) if row.instances else "[red]0[/]"
        table.add_row(row.service, row.topic, behind, str(row.total), working)
    return table


async def effects(settings: RuntimeSettings) -> dict[str, EffectCounts | str]:
    """What each service has still to carry out, or why nobody can tell."""
    import asyncpg

    found: dict[str, EffectCounts | str] = {}
    for service in SERVICES:
        try:
            conn = await asyncpg.connect(settings.dsn(service), timeout=5)
            try:
                found[service] = await counts(conn)
            finally:
                await conn.close()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            found[service] = f"its database cannot be used: {cause(error)}"
    return found


def say(found: EffectCounts | str) -> str:
    """Empty where there is nothing to say."""
    if isinstance(found, str):
        return found
    waiting = f"{found.waiting} waiting, the oldest for {found.oldest:.0f} s"
    parked = f"{found.parked} parked, see `portal effects list`"
    return ", ".join([waiting] * bool(found.waiting) + [parked] * bool(found.parked))


async def measure(settings: RuntimeSettings) -> list[Lag]:
    """Every group of ours that the broker knows."""
    from aiokafka import AIOKafkaConsumer
    from aiokafka.admin import AIOKafkaAdminClient

    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
    await admin.start()
    try:
        async with AIOKafkaConsumer(bootstrap_servers=settings.kafka) as consumer:
            names = [str(group[0]) for group in await admin.list_consumer_groups()]
            known = await consumer.topics()
            found = []
            members: dict[str, int] = {}
            for service, group, topic in ours(names, settings.group_suffix):
                if settings.topic_prefix + topic in known:
                    place = settings.topic_prefix + topic
                    behind, total = await _behind(admin, consumer, group, place)
                    if group not in members:
                        members[group] = await _members(admin, group)
                    found.append(Lag(service, topic, behind, total, members[group]))
            return found
    finally:
        await admin.close()


def ours(groups: list[str], suffix: str) -> Iterator[tuple[str, str, str]]:
    """A group is named `<service><suffix>.<topic>` by the runtime; it may take others beside."""
    for service in SERVICES:
        start = f"{service}{suffix}."
        for group in sorted(groups):
            if group.startswith(start):
                for topic in topics.taken_together(group.removeprefix(start)):
                    yield service, group, topic


async def _members(admin: Any, group: str) -> int:
    """A killed one counts until Kafka gives it up, ten seconds later."""
    (answer,) = await admin.describe_consumer_groups([group])
    return len(answer.groups[0][5])


async def _behind(admin: Any, consumer: Any, group: str, topic: str) -> tuple[int, int]:
    from aiokafka import TopicPartition

    (described,) = await admin.describe_topics([topic])
    places = [TopicPartition(topic, p["partition"]) for p in described["partitions"]]
    first = await consumer.beginning_offsets(places)
    last = await consumer.end_offsets(places)
    committed = await admin.list_consumer_group_offsets(group)
    done = {p: committed[p].offset if p in committed else first[p] for p in places}
    return sum(last[p] - max(done[p], first[p]) for p in places), sum(last.values())
