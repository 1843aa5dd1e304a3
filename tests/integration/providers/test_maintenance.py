"""A maintenance request on a real bus: from the form to the event that claims goes by."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from portal_client.follower import Follower
from portal_contracts.common import Refused
from portal_contracts.providers import commands as m
from portal_contracts.providers import queries as q
from portal_contracts.providers import replies as r
from portal_contracts.providers.events import ProviderChanged
from portal_runtime.settings import RuntimeSettings
from tests.integration.providers.conftest import OTHER_TIN, TIN, World

CALENDAR = RuntimeSettings().calendar
DAY, LITTLE = timedelta(days=1), timedelta(minutes=1)
GROUP, DOCTOR, NEWCOMER = "1234567893", "1999999984", "1932104098"
CONTACT = {"name": "Front Desk", "phone": "5135550100"}
ADDRESS = {"line1": "1 Main St", "city": "Springfield", "state": "OH", "zip": "45501"}


async def register(world: World, npi: str, kind: str, tin: str = TIN) -> r.ProviderRegistered:
    given = {"npi": npi, "tin": tin, "name": "Example", "provider_type": kind}
    spans = [{"start": "2020-01-01"}]
    command = m.RegisterProvider.model_validate({**given, "participation": spans})
    reply = await world.feed.ask(command)
    assert isinstance(reply, r.ProviderRegistered), reply
    return reply


async def submit(world: World, change: dict[str, Any], npi: str = GROUP) -> Any:
    message = {"tin": TIN, "npi": npi, "change": change, "contact": CONTACT}
    return await world.provider.ask(m.SubmitMaintenanceRequest.model_validate(message))


def joining(day: str) -> dict[str, Any]:
    return {
        "type": "add_provider",
        "effective_date": day,
        "npi": NEWCOMER,
        "name": "Newcomer",
        "provider_type": "physician",
        "specialty": "207Q00000X",
        "license_number": "35.1",
        "license_state": "OH",
        "service_address": ADDRESS,
    }


async def today(world: World) -> str:
    board = await world.staff.ask(q.GetSlaBoard())
    assert isinstance(board, r.SlaBoard)
    return CALENDAR.day_of(board.as_of).isoformat()


async def move_to(world: World, moment: datetime) -> None:
    await world.move((moment - datetime.now(UTC)) / DAY)


async def eventually(world: World, type_: str, count: int) -> None:
    for _ in range(200):
        if len(await world.journal(type_)) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{type_} did not happen")


async def test_from_the_form_to_the_event_that_claims_goes_by(world: World) -> None:
    await register(world, GROUP, "group")
    day = await today(world)
    async with world.provider.events("providers", start="beginning") as events:
        accepted = await submit(world, joining(day))
        assert isinstance(accepted, r.MaintenanceRequestAccepted), accepted
        assert accepted.onboarding and accepted.clock.due_date is not None
        about = {"tin": TIN, "number": accepted.number}

        asked = await world.staff.ask(m.AskForInformation(**about, question="Which license?"))
        assert isinstance(asked, r.RequestState) and asked.clock.due_date is None
        answered = await world.provider.ask(m.AnswerQuestion(**about, answer="35.1"))
        assert isinstance(answered, r.RequestState)
        assert answered.clock.due_date == accepted.clock.due_date

        approved = await world.staff.ask(m.ApproveRequest(**about))
        assert isinstance(approved, r.RequestState) and approved.status == "approved"
        changed = await _next_change(events, NEWCOMER)
    assert changed.participation[0].start.isoformat() == day

    provider = await world.provider.ask(q.GetProvider(npi=NEWCOMER, tin=TIN))
    assert isinstance(provider, r.ProviderDetails) and provider.specialty == "207Q00000X"
    details = await world.provider.ask(q.GetMaintenanceRequest(number=accepted.number))
    assert isinstance(details, r.MaintenanceRequestDetails)
    assert details.summary.applied and details.exchanges[0].answer == "35.1"


async def _due_by(world: World, day: date) -> list[str]:
    found = await world.staff.ask(q.SearchMaintenanceRequests(due_by=day))
    assert isinstance(found, r.MaintenanceRequestList), found
    return [request.number for request in found.requests]


async def _next_change(events: Follower, npi: str) -> ProviderChanged:
    async with asyncio.timeout(20):
        async for happened in events:
            message = happened.message
            if isinstance(message, ProviderChanged) and message.npi == npi:
                return message
    raise AssertionError("no change was announced")


async def test_warned_once_and_breached_once_when_time_passes(world: World) -> None:
    await register(world, DOCTOR, "physician")
    phone = {"type": "phone_fax", "effective_date": await today(world), "phone": "5135550199"}
    accepted = await submit(world, phone, DOCTOR)
    assert isinstance(accepted, r.MaintenanceRequestAccepted), accepted
    about = {"tin": TIN, "number": accepted.number}

    due_date, warn_at = accepted.clock.due_date, accepted.clock.warn_at
    assert due_date is not None and warn_at == CALENDAR.start_of(due_date - 5 * DAY)
    assert due_date - 30 * DAY == CALENDAR.day_of(datetime.now(UTC))
    await move_to(world, warn_at - LITTLE)
    await asyncio.sleep(0.3)
    assert await world.journal("providers.sla_warning.v1") == []
    await move_to(world, warn_at + LITTLE)
    await eventually(world, "providers.sla_warning.v1", 1)

    await world.staff.ask(m.AskForInformation(**about, question="Which number?"))
    await world.move(60)
    answered_at = datetime.now(UTC) + 60 * DAY
    await asyncio.sleep(0.3)
    assert await world.journal("providers.sla_breached.v1") == []

    answered = await world.provider.ask(m.AnswerQuestion(**about, answer="The first"))
    assert isinstance(answered, r.RequestState) and answered.clock.late_from is not None
    assert answered.clock.late_from == CALENDAR.end_of(CALENDAR.day_of(answered_at + 5 * DAY))
    await move_to(world, answered.clock.late_from - LITTLE)
    await asyncio.sleep(0.3)
    assert await world.journal("providers.sla_breached.v1") == []
    assert await _due_by(world, CALENDAR.day_of(answered_at + 4 * DAY)) == []
    assert await _due_by(world, CALENDAR.day_of(answered_at + 5 * DAY)) == [accepted.number]
    await move_to(world, answered.clock.late_from + LITTLE)
    await eventually(world, "providers.sla_breached.v1", 1)
    assert len(await world.journal("providers.sla_warning.v1")) == 1

    await world.staff.ask(m.RejectRequest(**about, reason="Number not in service"))
    board = await world.staff.ask(q.GetSlaBoard())
    assert isinstance(board, r.SlaBoard)
    assert (board.rows[0].closed, board.rows[0].closed_in_time) == (1, 0)
    assert board.percent_in_time == "0.0"


async def test_a_change_for_later_is_announced_on_its_day(world: World) -> None:
    await register(world, DOCTOR, "physician")
    await world.move(0)
    day = (await world.staff.ask(q.GetSlaBoard())).as_of  # type: ignore[attr-defined]
    later = day.replace(day=1, month=day.month % 12 + 1, year=day.year + day.month // 12)
    change = {"type": "name", "name": "New", "reason": "correction"}
    accepted = await submit(world, {**change, "effective_date": later.date().isoformat()}, DOCTOR)
    assert isinstance(accepted, r.MaintenanceRequestAccepted), accepted
    await world.staff.ask(m.ApproveRequest(tin=TIN, number=accepted.number))
    before = await world.provider.ask(q.GetProvider(npi=DOCTOR, tin=TIN))
    assert isinstance(before, r.ProviderDetails) and before.name == "Example"
    await world.move(32)
    await eventually(world, "providers.request_applied.v1", 1)
    after = await world.provider.ask(q.GetProvider(npi=DOCTOR, tin=TIN))
    assert isinstance(after, r.ProviderDetails) and (after.name, after.version) == ("New", 2)


async def test_pages_come_due_first_and_stay_within_ones_own_tax_ids(world: World) -> None:
    for tin in (TIN, OTHER_TIN):
        await register(world, DOCTOR, "physician", tin)
    day = await today(world)
    changes = (
        {"type": "email", "effective_date": day, "email": "a@example.org"},
        {"type": "phone_fax", "effective_date": day, "phone": "5135550199"},
        {"type": "name", "effective_date": day, "name": "New", "reason": "correction"},
    )
    accepted = [await submit(world, change, DOCTOR) for change in changes]
    assert all(a.other_tins == (OTHER_TIN,) for a in accepted)
    for waiting in (accepted[0], accepted[2]):  # so that a page also begins after one of these
        await world.staff.ask(m.AskForInformation(tin=TIN, number=waiting.number, question="?"))

    numbers: list[str] = []
    after: str | None = None
    for _ in range(3):
        page = await world.provider.ask(q.SearchMaintenanceRequests(limit=1, after=after))
        assert isinstance(page, r.MaintenanceRequestList), page
        numbers += [request.number for request in page.requests]
        after = page.next
    assert numbers == [accepted[1].number, accepted[0].number, accepted[2].number]
    assert after is None

    stranger = world.as_("provider", "demo-provider", ("999888777",))
    nothing = await stranger.ask(q.SearchMaintenanceRequests())
    assert isinstance(nothing, r.MaintenanceRequestList) and nothing.requests == ()
    hidden = await stranger.ask(q.GetMaintenanceRequest(number=accepted[0].number))
    assert isinstance(hidden, Refused) and hidden.problems[0].code == "request_not_found"
    unseen = await stranger.ask(q.GetProvider(npi=DOCTOR, tin=TIN))
    assert isinstance(unseen, Refused) and unseen.problems[0].code == "provider_not_found"
    filtered = await world.staff.ask(
        q.SearchMaintenanceRequests(kinds=("email",), statuses=("information_needed",))
    )
    assert isinstance(filtered, r.MaintenanceRequestList)
    assert [r.number for r in filtered.requests] == [accepted[0].number]
    bad = await world.provider.ask(q.SearchMaintenanceRequests(after="yesterday"))
    assert isinstance(bad, Refused) and bad.problems[0].code == "bad_page"


async def test_who_may_not_decide_is_refused(world: World) -> None:
    await register(world, DOCTOR, "physician")
    about = {"tin": TIN, "number": "PMR-000000000000000"}
    for command in (m.ApproveRequest(**about), m.WarnSla(**about)):
        reply = await world.provider.ask(command)
        assert isinstance(reply, Refused), reply
    unknown = await world.staff.ask(m.ApproveRequest(**about))
    assert isinstance(unknown, Refused) and unknown.problems[0].code == "request_not_found"


async def test_registering_the_same_again_is_the_same_version(world: World) -> None:
    assert (await register(world, DOCTOR, "physician")).changed
    again = await register(world, DOCTOR, "physician")
    assert (again.version, again.changed) == (1, False)
    assert len(await world.journal("providers.provider_changed.v1")) == 1


async def test_each_wrong_field_of_a_request_is_named_by_its_path(world: World) -> None:
    body = b'{"tin":"111222333","npi":"1","change":{"type":"npi","holder":"me"},"contact":{}}'
    reply = await world.provider.ask_raw(m.SubmitMaintenanceRequest.TYPE, TIN, body)
    assert isinstance(reply, Refused)
    assert {problem.field for problem in reply.problems} == {
        "npi",
        "change.effective_date",
        "change.holder",
        "change.new_npi",
        "contact.name",
        "contact.phone",
    }
