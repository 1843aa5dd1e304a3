"""`portal reconcile`: compares a service's database with Kafka after a restore."""

from __future__ import annotations

import asyncio
import importlib
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
import typer
from aiokafka.errors import KafkaError

from portal_cli.services import PACKAGES
from portal_cli.show import console, listing
from portal_contracts.topics import SERVICES
from portal_runtime.observing.causes import cause
from portal_runtime.recovery.reconcile import reconcile as compare
from portal_runtime.recovery.report import (
    ANNOUNCED,
    BEYOND,
    DIFFERENT,
    FORGOTTEN,
    LOST,
    UNPUBLISHED,
    UNSENT,
    Report,
)
from portal_runtime.recovery.rewind import StillRunning, mend
from portal_runtime.service import Service

app = typer.Typer()
CONSISTENT, GAPS, CANNOT_TELL = 0, 1, 2
WAYS_OUT = {
    FORGOTTEN: "`portal reconcile {0} --mend` has them decided again.",
    ANNOUNCED: "They follow from forgotten messages and come again with those; what is still here "
    "when {0} has no lag was not decided again: see docs/runbook.md, PortalDatabaseBehind.",
    DIFFERENT: "Others keep what they heard first. See docs/runbook.md, PortalDatabaseBehind.",
    LOST: "Nobody can tell what they were. Restore a newer backup, or ask the senders.",
    BEYOND: "Kafka was put back, or the topic was made anew. {0} has decided them; what others had "
    "not read yet, they never will. See docs/runbook.md, PortalDatabaseBehind.",
    UNSENT: "Kafka has lost them, or somebody marked them. See docs/runbook.md.",
    UNPUBLISHED: "{0} publishes them when it takes their messages again; is it running?",
}


@app.command()
def reconcile(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}")],
    mend_: Annotated[
        bool, typer.Option("--mend", help="Set the offsets back to where the database ends")
    ] = False,
    since: Annotated[
        datetime | None, typer.Option(help="Look at everything since then (UTC)")
    ] = None,
    positions: Annotated[
        bool, typer.Option("--positions", help="Every position: topic/partition/offset")
    ] = False,
) -> None:
    """Compare a service's database with Kafka. Exit code 0: consistent, 1: gaps, 2: cannot tell."""
    if service not in SERVICES:
        raise typer.BadParameter(f"{service} is not one of {', '.join(SERVICES)}")
    found: Service = importlib.import_module(f"{PACKAGES[service]}.main").SERVICE
    moment = since.replace(tzinfo=UTC) if since is not None else None
    try:
        work = run(found, found.settings(), mending=mend_, since=moment, positions=positions)
        code = asyncio.run(work)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, KafkaError) as error:
        console.print(
            f"Cannot tell: Kafka, the keys or the database of {service} cannot be used "
            f"({cause(error)}). Are the servers running? See `portal doctor`."
        )
        code = CANNOT_TELL
    raise typer.Exit(code)


async def run(
    service: Service,
    settings: Any,
    *,
    mending: bool,
    since: datetime | None,
    positions: bool = False,
) -> int:
    """Compare, show what was found, rewind if asked; the exit code."""
    conn = await asyncpg.connect(settings.dsn(service.name))
    try:
        report = await compare(service, settings, conn, since, _say)
        show(report, positions=positions)
        if mending and report.again:
            await mend(service, settings, conn, report)
            console.print(
                f"Set back {len(report.again)} partitions. Now start {service.name}, or leave it "
                "running: it has waited for this. When `portal lag` shows 0 for it, run "
                f"`portal reconcile {service.name} --since` with a time before the backup."
            )
        return exit_code(report)
    except StillRunning as error:
        console.print(
            f"Nothing was changed: an instance is in the consumer group {error}. Stop all "
            f"instances of {service.name} (a killed one counts for ten seconds), then try again."
        )
        return GAPS
    finally:
        await conn.close()


def _say(line: str) -> None:
    """A comparison takes minutes: show progress."""
    console.print(line, markup=False, highlight=False)


def exit_code(report: Report) -> int:
    if report.uncertain:
        return CANNOT_TELL
    return CONSISTENT if report.consistent else GAPS


def show(report: Report, *, positions: bool = False) -> None:
    """Counts, first positions and times; nothing of what the messages say."""
    if report.consistent:
        console.print(f"{report.service} and Kafka agree.")
        return
    rows = []
    for found in report.findings.values():
        at = found.at.isoformat(timespec="seconds") if found.at else "unknown"
        rows.append((found.what, found.topic, str(found.count), found.first, at))
    for tp, count in sorted(report.behind.items()):
        where = f"{tp.topic}/{tp.partition}"
        rows.append(("the database is behind Kafka", tp.topic, str(count), where, ""))
    listing(console, ("what", "topic", "count", "first", "at"), rows, whole=("first",))
    if positions:
        for found in report.findings.values():
            for position in found.positions:
                console.print(f"{found.what}: {position}", markup=False)
    for what in sorted({found.what for found in report.findings.values()}):
        console.print(f"{what}: {WAYS_OUT[what].format(report.service)}")
    if report.behind and not report.count(FORGOTTEN):
        console.print(f"`portal reconcile {report.service} --mend` makes them level.")
