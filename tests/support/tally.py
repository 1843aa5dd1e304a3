"""A small service for testing the runtime: it keeps one tally per account.

Real enough to show every promise: commands with answers, events, timers, effects, queries, faults.
"""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import asyncpg
from pydantic import Field

from portal_contracts.base import Command, Event, Model, Query, Reply
from portal_contracts.common import Problem
from portal_contracts.fields import NamesMember
from portal_runtime.domain.decision import Context, Decision, Save, SetTimer, refuse
from portal_runtime.domain.work import Effect, Work
from portal_runtime.errors import Unavailable
from portal_runtime.process.run import run
from portal_runtime.routes import QueryContext, Routes, Surroundings, ask, carry_out, on
from portal_runtime.service import Service
from portal_runtime.tables import States, View

FAULTY = frozenset({13})
"""Amounts over which the rule stumbles; a test mends it by replacing this."""


class Total(Reply, type="tally.total.v1"):
    """The tally after the command, or now."""

    account: Annotated[str, NamesMember()] = Field(description="Account: a member, to the runtime")
    total: int = Field(description="Tally")
    version: int = Field(description="Number of additions")


def total(reply: Reply) -> Total:
    """A reply that is one."""
    assert isinstance(reply, Total), reply
    return reply


class Add(Command, type="tally.add.v1", answers=(Total,)):
    """Add to an account's tally."""

    account: str = Field(description="Account")
    amount: int = Field(description="How much", le=10**12)
    remind_in_ms: int | None = Field(None, description="Set a timer")
    cancel: bool = Field(False, description="Cancel the timer")
    label: str = Field("", description="Any text")
    stamps: int = Field(0, description="Order so many stamps outside")
    erase: bool = Field(False, description="Then erase them")

    def subject(self) -> str:
        return self.account


class Remind(Command, type="tally.remind.v1", answers=()):
    """Sent by the timer."""

    account: str = Field(description="Account")

    def subject(self) -> str:
        return self.account


class Stamped(Command, type="tally.stamped.v1", answers=()):
    """Answer of the effect."""

    account: str = Field(description="Account")
    number: int = Field(description="Which stamp")

    def subject(self) -> str:
        return self.account


class Stamp(Work, kind="tally.stamp"):
    """Put a stamp somewhere outside."""

    account: str
    number: int


class Erase(Work, kind="tally.erase"):
    """Take them away; nobody need know."""

    account: str


class Added(Event, type="tally.added.v1"):
    """The tally has changed."""

    account: str = Field(description="Account")
    version: int = Field(description="Rises by one")
    amount: int = Field(description="How much")
    total: int = Field(description="Tally now")

    def subject(self) -> str:
        return self.account


class Reminded(Event, type="tally.reminded.v1"):
    """The timer has fired."""

    account: str = Field(description="Account")
    version: int = Field(description="Which time")

    def subject(self) -> str:
        return self.account


class GetTotal(Query, type="tally.get_total.v1", answers=(Total,)):
    """Ask for a tally."""

    account: str = Field(description="Account")


class Tally(Model):
    """State of one account."""

    account: str
    total: int = 0
    additions: int = 0
    reminders: int = 0
    ordered: int = 0
    stamped: tuple[int, ...] = ()
    label: str = ""


TALLIES = States("tallies", "account", Tally, {"label": "text", "total": "int"})


def add(command: Add, view: View, ctx: Context) -> Decision:
    if command.amount in FAULTY:
        raise RuntimeError("a rule that raises")
    if command.amount < 0:
        return refuse(Problem(code="negative", message="Only amounts above zero.", field="amount"))
    before = view.get(TALLIES, command.account) or Tally(account=command.account)
    after = before.model_copy(
        update={
            "total": before.total + command.amount,
            "additions": before.additions + 1,
            "ordered": before.ordered + command.stamps,
            "label": command.label,
        }
    )
    timer = f"remind:{command.account}"
    due = command.remind_in_ms
    return Decision(
        reply=Total(account=after.account, total=after.total, version=after.additions),
        events=(
            Added(
                account=after.account,
                version=after.additions,
                amount=command.amount,
                total=after.total,
            ),
        ),
        saves=(Save(TALLIES, command.account, after),),
        set_timers=()
        if due is None
        else (
            SetTimer(timer, ctx.now + timedelta(milliseconds=due), Remind(account=after.account)),
        ),
        cancel_timers=(timer,) if command.cancel else (),
        effects=_effects(command, before.ordered),
    )


def _effects(command: Add, before: int) -> tuple[Effect, ...]:
    account, numbers = command.account, range(before + 1, before + command.stamps + 1)
    stamps = (Effect(account, Stamp(account=account, number=n)) for n in numbers)
    erasing = (Effect(account, Erase(account=account)),) if command.erase else ()
    return (*stamps, *erasing)


def stamped(command: Stamped, view: View, ctx: Context) -> Decision:
    before = view.get(TALLIES, command.account) or Tally(account=command.account)
    after = before.model_copy(update={"stamped": (*before.stamped, command.number)})
    return Decision(saves=(Save(TALLIES, command.account, after),))


def remind(command: Remind, view: View, ctx: Context) -> Decision:
    before = view.get(TALLIES, command.account) or Tally(account=command.account)
    after = before.model_copy(update={"reminders": before.reminders + 1})
    return Decision(
        events=(Reminded(account=command.account, version=after.reminders),),
        saves=(Save(TALLIES, command.account, after),),
    )


async def stamp(work: Stamp, around: Surroundings) -> Command:
    """As the weather is."""
    await _outside(work.account, work.number, around)
    return Stamped(account=work.account, number=work.number)


async def erase(work: Erase, around: Surroundings) -> None:
    await _outside(work.account, 0, around)


async def _outside(account: str, number: int, around: Surroundings) -> None:
    conn = await asyncpg.connect(around.settings.dsn("tally"))
    try:
        n = await conn.fetchval(
            "insert into stamps (account, number) values ($1, $2) returning n", account, number
        )
        how = await conn.fetchval(
            "update weather set times = times - 1 where account = $1 and times > 0 returning how",
            account,
        )
        await asyncio.sleep(1.5 if how == "slow" else 10 if how == "hanging" else 0.02)
        await conn.execute("update stamps set ended_at = clock_timestamp() where n = $1", n)
    finally:
        await conn.close()
    if how == "away":
        raise Unavailable("the stamp office is closed")
    if how == "broken":
        raise RuntimeError("what this says may quote a patient")


async def get_total(query: GetTotal, q: QueryContext) -> Reply:
    body = await q.conn.fetchval("select body from tallies where account = $1", query.account)
    found = Tally.model_validate_json(body) if body else Tally(account=query.account)
    return Total(account=query.account, total=found.total, version=found.additions)


ROUTES = Routes(
    on(
        Add,
        decide=add,
        needs=lambda c, _: ((TALLIES, c.account),),
        grants={"provider": "all", "operator": "all"},
    ),
    on(
        Remind,
        decide=remind,
        needs=lambda c, _: ((TALLIES, c.account),),
        grants={"service": "all"},
    ),
    on(
        Stamped,
        decide=stamped,
        needs=lambda c, _: ((TALLIES, c.account),),
        grants={"service": "all"},
    ),
    carry_out(Stamp, adapter=stamp, limit=timedelta(seconds=3), at_once=4),
    carry_out(Erase, adapter=erase, limit=timedelta(seconds=3), at_once=1),
    ask(GetTotal, answer=get_total, grants={"provider": "all"}),
)
SERVICE = Service("tally", ROUTES, Path(__file__).parent / "tally_migrations")

if __name__ == "__main__":
    run(SERVICE)
