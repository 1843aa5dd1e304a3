"""Table of contents of the providers service: what it takes, what each needs, who decides."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from portal_contracts.providers import commands as m
from portal_contracts.providers import queries as q
from portal_runtime.domain.decision import Context, Decision, Save
from portal_runtime.domain.outcome import Outcome
from portal_runtime.routes import Need, Route, Routes, about, ask, on, saving
from portal_runtime.tables import View
from providers import queries
from providers.domain import register, review, sla, submit
from providers.domain.profile import Known, Profile, npis_of, profile_key
from providers.domain.request import MaintenanceRequest, RequestOutcome
from providers.domain.story import Applied
from providers.store import PROFILES, REQUESTS, TINS_OF_NPI

C = TypeVar("C", bound=m.AboutRequest)

# -- what is on file about the providers of a request ----------------------------------------------


def _needs_profiles(npis: Iterable[str], tin: str) -> Iterable[Need]:
    for npi in npis:
        yield PROFILES, profile_key(npi, tin)
        yield TINS_OF_NPI, npi


def _npis(of: m.SubmitMaintenanceRequest | MaintenanceRequest) -> tuple[str, ...]:
    return of.npi, *npis_of(of.change)


def _known(view: View, npis: Iterable[str], tin: str) -> Known:
    at_tin = {npi: view.get(PROFILES, profile_key(npi, tin)) for npi in npis}
    tins = {npi: view.get(TINS_OF_NPI, npi) or () for npi in at_tin}
    return Known({npi: p for npi, p in at_tin.items() if p is not None}, tins)


def _saves(profile: Profile, view: View) -> Iterable[Save[Any, Any]]:
    """The profile, and at which Tax IDs it is then, for later messages of the batch."""
    yield Save(PROFILES, profile.profile_key, profile)
    tins = {*(view.get(TINS_OF_NPI, profile.npi) or ()), profile.tin}
    yield Save(TINS_OF_NPI, profile.npi, tuple(sorted(tins)))


# -- the feed, and new requests --------------------------------------------------------------------


def _needs_register(command: m.RegisterProvider, _: Context) -> Iterable[Need]:
    return _needs_profiles((command.npi,), command.tin)


def _register(command: m.RegisterProvider, view: View, ctx: Context) -> Decision:
    known = view.get(PROFILES, profile_key(command.npi, command.tin))
    outcome = register.register(command, known, ctx)
    saves = () if outcome.state is None else tuple(_saves(outcome.state, view))
    return outcome.decision._replace(saves=saves)


def _needs_submit(command: m.SubmitMaintenanceRequest, _: Context) -> Iterable[Need]:
    return _needs_profiles(_npis(command), command.tin)


def _submit(command: m.SubmitMaintenanceRequest, view: View, ctx: Context) -> Decision:
    known = _known(view, _npis(command), command.tin)
    return saving(REQUESTS, submit.submit(command, known, ctx))


# -- working on a request --------------------------------------------------------------------------


def _about(type: type[C], decide: Callable[[C, Any, Context], Outcome[Any]]) -> Route:
    """A command that needs nothing but its request."""
    return about(type, decide, look=REQUESTS, by="number")


def _changing(type: type[C], decide: Callable[[C, Any, Known, Context], RequestOutcome]) -> Route:
    """A command that also looks at the profiles its request speaks of, and may change them."""

    def needs(command: C, _: Context) -> Iterable[Need]:
        yield REQUESTS, command.number

    def then(command: C, view: View, _: Context) -> Iterable[Need]:
        request = view.get(REQUESTS, command.number)
        return () if request is None else _needs_profiles(_npis(request), request.tin)

    def run(command: C, view: View, ctx: Context) -> Decision:
        request = view.get(REQUESTS, command.number)
        known = Known({}, {}) if request is None else _known(view, _npis(request), request.tin)
        outcome = decide(command, request, known, ctx)
        decision = saving(REQUESTS, outcome)
        changed = outcome.profiles if isinstance(outcome, Applied) else ()
        profiles = (save for profile in changed for save in _saves(profile, view))
        return decision._replace(saves=(*decision.saves, *profiles))

    return on(type, decide=run, needs=needs, then=then)


ROUTES = Routes(
    on(m.RegisterProvider, decide=_register, needs=_needs_register, check=register.check),
    on(m.SubmitMaintenanceRequest, decide=_submit, needs=_needs_submit, check=submit.check),
    _about(m.AskForInformation, review.ask),
    _about(m.AnswerQuestion, review.answer),
    _about(m.RejectRequest, review.reject),
    _about(m.WarnSla, sla.warn),
    _about(m.BreachSla, sla.breach),
    _changing(m.ApproveRequest, review.approve),
    _changing(m.ApplyRequest, review.apply),
    ask(q.GetProvider, answer=queries.get_provider),
    ask(q.GetMaintenanceRequest, answer=queries.get_request),
    ask(q.SearchMaintenanceRequests, answer=queries.search_requests),
    ask(q.GetSlaBoard, answer=queries.sla_board),
)
