"""Two maintenance requests with their clocks; one is breached (PR-01, PR-02, PR-07)."""

from datetime import timedelta

from portal_cli.demo.cast import FAMILY_MEDICINE
from portal_cli.demo.describe import due
from portal_cli.demo.forms import BILLER, STREET
from portal_cli.demo.stage import Chapter, NotAsTold, Stage
from portal_contracts.clock import ClockBasis, SlaClock
from portal_contracts.providers.changes import AddProvider, ChangePhoneFax, OfferedChange
from portal_contracts.providers.commands import ApproveRequest, SubmitMaintenanceRequest
from portal_contracts.providers.events import (
    MaintenanceRequestSubmitted,
    RequestApplied,
    SlaBreached,
    SlaWarning,
)
from portal_contracts.providers.replies import MaintenanceRequestAccepted, RequestState

LITTLE = timedelta(minutes=1)


async def _play(stage: Stage) -> str:
    stage.say("A new phone number, and a doctor who is new to the plan joins the group.")
    start = stage.clock.today() + timedelta(days=1)
    phone = await _submit(stage, ChangePhoneFax(effective_date=start, phone="6145550199"))
    joining = await _submit(stage, _newcomer(stage))
    _has(stage, phone.clock, "calendar_days", 30)
    _has(stage, joining.clock, "business_days", 90)
    stage.say(f"The phone: {due(phone.clock)}. The doctor: {due(joining.clock)}.")

    warn_at, late_from = phone.clock.warn_at, phone.clock.late_from
    if warn_at is None or late_from is None:
        raise NotAsTold("the clock of the request stands still")
    stage.say("Nobody decides until 5 days before, and then not until that day is over.")
    await stage.forward_to(warn_at + LITTLE)
    await stage.see(SlaWarning, lambda e: e.number == phone.number)
    await stage.forward_to(late_from + LITTLE)
    breached = await stage.see(SlaBreached, lambda e: e.number == phone.number)
    stage.expect(breached.clock.breached, "the clock says that it is breached")
    warned = [
        h
        for h in stage.watcher.of(stage.correlation)
        if isinstance(h.message, SlaWarning | SlaBreached) and h.message.number == joining.number
    ]
    stage.expect(not warned, "no warning yet about the 90 business days")
    stage.say("The plan's staff approve after all.")
    approval = ApproveRequest(tin=phone.tin, number=phone.number)
    await stage.ask(stage.staff, approval, RequestState)
    await stage.see(RequestApplied, lambda e: e.number == phone.number)
    return (
        f"{phone.number}: {due(phone.clock)}, warned, breached, approved late; "
        f"{joining.number}: {due(joining.clock)}, still in time"
    )


async def _submit(stage: Stage, change: OfferedChange) -> MaintenanceRequestSubmitted:
    group = stage.cast.group
    asking = SubmitMaintenanceRequest(tin=group.tin, npi=group.npi, change=change, contact=BILLER)
    reply = await stage.ask(stage.provider, asking, MaintenanceRequestAccepted)
    return await stage.see(MaintenanceRequestSubmitted, lambda e: e.number == reply.number)


def _has(stage: Stage, clock: SlaClock, basis: ClockBasis, allowance: int) -> None:
    holds = clock.basis == basis and clock.allowance == allowance
    stage.expect(holds, f"{allowance} {basis}, it is {clock.allowance} {clock.basis}")


def _newcomer(stage: Stage) -> AddProvider:
    return AddProvider(
        effective_date=stage.clock.today() + timedelta(days=1),
        npi=stage.cast.newcomer_npi,
        name="Dana Whitfield",
        specialty=FAMILY_MEDICINE,
        license_number="OH-35-000000",
        license_state="OH",
        service_address=STREET,
        provider_type="physician",
    )


MAINTENANCE_SLA = Chapter(
    "maintenance-sla", "Maintenance requests: two clocks, one deadline missed", _play
)
