"""Table of contents of the providers service: what it takes, what each needs, who decides."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from portal_contracts.providers import commands as m
from portal_contracts.providers import queries as q
from portal_runtime.domain.decision import Context, Decision, Save
from portal_runtime.routes import Need, Routes, ask, on
from portal_runtime.tables import View
from providers import queries
from providers.domain import register, review, sla, submit
from providers.domain.outcome import Outcome
from providers.domain.profile import Known, Profile, npis_of
from providers.domain.request import MaintenanceRequest
from providers.store import PROFILES, REQUESTS, TINS_OF_NPI, profile_key

C = TypeVar("C", bound=m.AboutRequest)


def _needs_register(command: m.RegisterProvider, _: Context) -> Iterable[Need]:
    return _needs_profiles((command.npi,), command.tin)


def _needs_submit(command: m.SubmitMaintenanceRequest, _: Context) -> Iterable[Need]:
    return _needs_profiles((command.npi, *npis_of(command.change)), command.tin)


def _needs_request(command: m.AboutRequest, _: Context) -> Iterable[Need]:
    yield REQUESTS, command.number


def _then_profiles(command: m.AboutRequest, view: View, _: Context) -> Iterable[Need]:
    request = view.get(REQUESTS, command.number)
    return () if request is None else _needs_profiles(_npis(request), request.tin)


def _needs_profiles(npis: Iterable[str], tin: str) -> Iterable[Need]:
    for npi in npis:
        yield PROFILES, profile_key(npi, tin)
        yield TINS_OF_NPI, npi


def _npis(request: MaintenanceRequest) -> tuple[str, ...]:
    return request.npi, *npis_of(request.change)


def _known(view: View, npis: Iterable[str], tin: str) -> Known:
    at_tin = {npi: view.get(PROFILES, profile_key(npi, tin)) for npi in npis}
    tins = {npi: view.get(TINS_OF_NPI, npi) or () for npi in at_tin}
    return Known({npi: p for npi, p in at_tin.items() if p is not None}, tins)


def _decision(outcome: Outcome, view: View) -> Decision:
    """The decision with the states it leaves."""
    saves: list[Save[Any, Any]] = []
    if outcome.request is not None:
        saves.append(Save(REQUESTS, outcome.request.number, outcome.request))
    for profile in outcome.profiles:
        saves += _saved(profile, view)
    return outcome.decision._replace(saves=tuple(saves))


def _saved(profile: Profile, view: View) -> Iterable[Save[Any, Any]]:
    yield Save(PROFILES, profile_key(profile.npi, profile.tin), profile)
    # So that a later message of the same batch knows of the new profile.
    tins = {*(view.get(TINS_OF_NPI, profile.npi) or ()), profile.tin}
    yield Save(TINS_OF_NPI, profile.npi, tuple(sorted(tins)))


def _register(command: m.RegisterProvider, view: View, ctx: Context) -> Decision:
    known = view.get(PROFILES, profile_key(command.npi, command.tin))
    return _decision(register.register(command, known, ctx), view)


def _submit(command: m.SubmitMaintenanceRequest, view: View, ctx: Context) -> Decision:
    npis = (command.npi, *npis_of(command.change))
    return _decision(submit.submit(command, _known(view, npis, command.tin), ctx), view)


def _about(
    decide: Callable[[C, MaintenanceRequest | None, Context], Outcome],
) -> Callable[[C, View, Context], Decision]:
    """A command that needs nothing but its request."""

    def run(command: C, view: View, ctx: Context) -> Decision:
        return _decision(decide(command, view.get(REQUESTS, command.number), ctx), view)

    return run


def _about_profile(
    decide: Callable[[C, MaintenanceRequest | None, Known, Context], Outcome],
) -> Callable[[C, View, Context], Decision]:
    """A command that also looks at the profiles its request speaks of."""

    def run(command: C, view: View, ctx: Context) -> Decision:
        request = view.get(REQUESTS, command.number)
        known = Known({}, {}) if request is None else _known(view, _npis(request), request.tin)
        return _decision(decide(command, request, known, ctx), view)

    return run


ROUTES = Routes(
    on(m.RegisterProvider, decide=_register, needs=_needs_register),
    on(m.SubmitMaintenanceRequest, decide=_submit, needs=_needs_submit),
    on(m.AskForInformation, decide=_about(review.ask), needs=_needs_request),
    on(m.AnswerQuestion, decide=_about(review.answer), needs=_needs_request),
    on(
        m.ApproveRequest,
        decide=_about_profile(review.approve),
        needs=_needs_request,
        then=_then_profiles,
    ),
    on(m.RejectRequest, decide=_about(review.reject), needs=_needs_request),
    on(
        m.ApplyRequest,
        decide=_about_profile(review.apply),
        needs=_needs_request,
        then=_then_profiles,
    ),
    on(m.WarnSla, decide=_about(sla.warn), needs=_needs_request),
    on(m.BreachSla, decide=_about(sla.breach), needs=_needs_request),
    ask(q.GetProvider, answer=queries.get_provider),
    ask(q.GetMaintenanceRequest, answer=queries.get_request),
    ask(q.SearchMaintenanceRequests, answer=queries.search_requests),
    ask(q.GetSlaBoard, answer=queries.sla_board),
)
