"""The demo data of `make run`, published as the plan's feed would: commands, nothing else."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from portal_cli.demo.desks import open_desks
from portal_cli.demo.forms import Service, outpatient, professional
from portal_cli.demo.household import Household
from portal_cli.demo.people import synthetic_npi
from portal_cli.demo.settled import settled
from portal_cli.show import console, step
from portal_client import NoReply, PortalClient
from portal_contracts.base import Command
from portal_contracts.common import Parked, Refused
from portal_runtime.settings import RuntimeSettings

DEMO = UUID("5f1c7a52-3f0e-4b7c-9a56-2f5d6c1b8e90")
"""Message ids are made from this and a name: loading again is the same messages again, and a
message takes effect once. Only the first day's dates count."""

ON_THE_WAY = 0.3
"""Seconds: an answer may be here a moment before the event that was published with it."""

Commands = Mapping[str, Command]


async def load_demo_data(settings: RuntimeSettings | None = None) -> tuple[str, ...]:
    """Members, providers, other insurance and some claims; a second time changes nothing.

    Returns what was not taken, in words: nothing, when all is well.
    """
    settings = settings or RuntimeSettings()
    household = Household(settings.calendar.day_of(datetime.now(UTC)))
    with step("Demo data") as say:
        async with open_desks(settings) as desks:
            problems: list[str] = []
            for name, commands in people(household).items():
                problems += await _publish(desks.feed, commands)
                say(name, str(len(commands)))
            # Claims are decided with the claims service's own copies of all that.
            await asyncio.sleep(ON_THE_WAY)
            await settled(settings, "claims")
            bills = claims(household)
            problems += await _publish(desks.feed, bills)
            say("claims", str(len(bills)))
    for problem in problems:
        console.print(f"[yellow]demo data: {problem}[/]")
    return tuple(problems)


def people(household: Household) -> Mapping[str, Commands]:
    """By what has to be there first."""
    return {
        "members": {p.member_id: p.enrollment() for p in household.members},
        "providers": {p.npi: p.registration() for p in household.providers},
        "other insurance": {"cob": household.cob()},
    }


def claims(household: Household) -> Commands:
    """One of each kind: paid, denied for several reasons, rejected; an office and a hospital."""
    day, member = household.today - timedelta(days=25), household.member
    lakeside, riverbend, hospital = household.lakeside, household.riverbend, household.hospital
    visit, longer = Service("99213", "135.00"), Service("99214", "190.00")
    unknown = replace(lakeside, npi=synthetic_npi(99))
    bills = (
        ("paid", member("M1000001-01"), lakeside, (visit,)),
        ("two-lines", member("M1000003-00"), riverbend, (longer, Service("80053", "42.00"))),
        ("child", member("M1000002-01"), riverbend, (Service("99392", "160.00"),)),
        ("cob", member("M1000005-00"), riverbend, (visit,)),
        ("records", member("M1000002-00"), riverbend, (Service("29881", "1150.00"),)),
        ("not-covered", member("M1000007-00"), lakeside, (visit,)),
        ("rejected", member("M1000008-00"), unknown, (visit,)),
    )
    made: dict[str, Command] = {
        name: professional(person, practice, day, f"DATA-{name}".upper(), *services)
        for name, person, practice, services in bills
    }
    made["hospital"] = outpatient(
        member("M1000006-00"),
        hospital,
        household.doctor,
        day,
        "DATA-HOSPITAL",
        ("0320", Service("71046", "210.00")),
        ("0450", Service("99283", "640.00")),
    )
    return made


async def _publish(feed: PortalClient, commands: Commands) -> list[str]:
    """What was not taken, in words; nothing when all of it was, now or before."""
    asked = (_ask(feed, name, command) for name, command in commands.items())
    return [problem for problem in await asyncio.gather(*asked) if problem]


async def _ask(feed: PortalClient, name: str, command: Command) -> str:
    message_id = uuid5(DEMO, f"{command.TYPE} {name}")
    try:
        reply = await feed.ask(command, timeout=30, message_id=message_id)
    except NoReply as error:
        return str(error)
    if isinstance(reply, Parked):
        return f"{command.TYPE} could not be decided: {reply.message}"
    if not isinstance(reply, Refused):
        return ""
    # The same message with the dates of another day: it was loaded then.
    codes = {problem.code for problem in reply.problems}
    return "" if codes == {"id_reused"} else f"{command.TYPE} was refused: {', '.join(codes)}"
