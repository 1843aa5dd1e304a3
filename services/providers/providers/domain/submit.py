"""A maintenance request comes in (PR-01, PR-02, PR-04, PR-05)."""

from datetime import date
from typing import Any

from portal_contracts.common import Problem
from portal_contracts.ids import bucket, make_reference, npi_is_valid
from portal_contracts.problems.common import NOT_YOUR_TAX_ID
from portal_contracts.providers import changes as c
from portal_contracts.providers import problems as p
from portal_contracts.providers.commands import SubmitMaintenanceRequest
from portal_contracts.providers.events import MaintenanceRequestSubmitted
from portal_contracts.providers.replies import MaintenanceRequestAccepted
from portal_runtime.domain import clocks
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.form_checks import part
from portal_runtime.domain.outcome import Outcome, refused
from providers.domain import rules
from providers.domain.policy import Policy, allowance
from providers.domain.profile import Known, effective_date
from providers.domain.request import MaintenanceRequest, RequestOutcome
from providers.domain.story import timers


def submit(command: SubmitMaintenanceRequest, known: Known, ctx: Context) -> RequestOutcome:
    """Put the request on file and start its clock, or name everything that is wrong with it."""
    if not ctx.scope.includes(command.tin):
        return refused(NOT_YOUR_TAX_ID())
    change = command.change
    if isinstance(change, c.ChangeTaxId | c.ClosePractice):
        return refused(*_wrong_door(change.type, ctx.settings))
    problems = _problems(command, change, known, ctx)
    if problems:
        return refused(*problems)
    return _accepted(_request(command, change, known, ctx), known, ctx)


def check(form: Any, today: date, policy: Policy) -> list[Problem]:
    """What is wrong with the form, or with the parts of it that can be read.

    A wrong door makes the rest of no interest.
    """
    return _wrong_door(part(form, "change.type"), policy) or rules.check(form, today, policy)


def _problems(
    command: SubmitMaintenanceRequest, change: c.Maintainable, known: Known, ctx: Context
) -> list[Problem]:
    problems = rules.check(command, ctx.settings.calendar.day_of(ctx.now), ctx.settings)
    profile = known.profiles.get(command.npi)
    if profile is None:
        misspelt = not npi_is_valid(command.npi)
        return problems if misspelt else [_no_profile(command, known, ctx), *problems]
    problems += rules.fit_problems(change, profile, known)
    return problems or list(rules.nothing_to_change(change, profile, known))


def _request(
    command: SubmitMaintenanceRequest, change: c.Maintainable, known: Known, ctx: Context
) -> MaintenanceRequest:
    policy: Policy = ctx.settings
    joins = isinstance(change, c.AddProvider | c.AddExtender)
    onboarding = joins and known.new_to_plan(_person(command.npi, change))
    return like(
        MaintenanceRequest,
        command,
        number=make_reference("PMR", bucket(command.tin), ctx.message_id),
        contact=command.contact.on_file(),
        onboarding=onboarding,
        received_at=ctx.now,
        clock=clocks.start(allowance(policy, onboarding=onboarding), policy.calendar, ctx.now),
    )


def _accepted(request: MaintenanceRequest, known: Known, ctx: Context) -> RequestOutcome:
    first_day = effective_date(request.change)
    submitted = like(MaintenanceRequestSubmitted, request, at=ctx.now, effective_date=first_day)
    other_tins = _other_tins(request, known, ctx)
    reply = like(MaintenanceRequestAccepted, request, other_tins=other_tins)
    decision = Decision(reply=reply, events=(submitted,), set_timers=timers(request))
    return Outcome(decision, request)


def _other_tins(request: MaintenanceRequest, known: Known, ctx: Context) -> tuple[str, ...]:
    """PR-05, for those Tax IDs only that the asker may act for: others are nobody's business."""
    tins = known.tins.get(_person(request.npi, request.change), ())
    return tuple(t for t in tins if t != request.tin and ctx.scope.includes(t))


def _person(profile_npi: str, change: c.Maintainable) -> str:
    """Whom the request is about: who joins or leaves, else the profile itself."""
    if isinstance(change, c.AddProvider | c.AddExtender | c.DeleteProvider):
        return change.npi
    return profile_npi


def _wrong_door(kind: str | None, policy: Policy) -> list[Problem]:
    match kind:
        case "tax_id_change":
            return [p.TAX_ID_CHANGE_ELSEWHERE(form=policy.contract_form)]
        case "close_practice":
            return [p.CLOSING_ELSEWHERE(contact=policy.contracting_contact)]
    return []


def _no_profile(command: SubmitMaintenanceRequest, known: Known, ctx: Context) -> Problem:
    mine = [t for t in known.tins.get(command.npi, ()) if ctx.scope.includes(t)]
    return p.PROVIDER_NOT_FOUND(hint=f"It is on file at {', '.join(mine)}." if mine else "")
