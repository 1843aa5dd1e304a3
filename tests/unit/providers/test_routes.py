"""The routing table: who may ask, and that what a decision looks at is what was loaded for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal_contracts.base import REGISTRY, Command, Query
from portal_contracts.common import Refused
from portal_contracts.providers import commands as m
from portal_contracts.providers.replies import MaintenanceRequestAccepted
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.tables import View
from providers.domain.profile import profile_key
from providers.main import SERVICE
from providers.routes import ROUTES
from providers.store import PROFILES, REQUESTS, TINS_OF_NPI
from tests.support.deciding import TIN
from tests.unit.providers.desk import CONTACT, DOCTOR, GROUP, NEWCOMER, SETTINGS, context
from tests.unit.providers.test_submit import ADD, NPI


class Rows:
    """The database of a test: whatever `needs` names is loaded from here, nothing else."""

    def __init__(self) -> None:
        self.kept: dict[Any, dict[Any, Any]] = {PROFILES: {}, REQUESTS: {}, TINS_OF_NPI: {}}

    def load(self, view: View, needs: Iterable[tuple[Any, Any]]) -> None:
        for table, key in needs:
            view.loaded(table, [key], self.kept[table])

    def decide(self, message: Command, ctx: Context) -> Decision:
        route, view = ROUTES.deciding[message.TYPE], View()
        self.load(view, route.needs(message, ctx))
        if route.then is not None:
            self.load(view, route.then(message, view, ctx))
        decision = route.decide(message, view, ctx)
        for save in decision.saves:
            self.kept[save.table][save.key] = save.value
        return decision


def registered(npi: str, kind: str) -> m.RegisterProvider:
    spans = [{"start": "2020-01-01"}]
    given = {"npi": npi, "tin": TIN, "name": "Example", "provider_type": kind}
    return m.RegisterProvider.model_validate({**given, "participation": spans})


def test_every_command_and_query_of_the_service_has_a_route() -> None:
    mine = {
        name
        for name, message in REGISTRY.items()
        if message.service() == "providers" and issubclass(message, Command | Query)
    }
    assert mine == set(ROUTES.deciding) | set(ROUTES.asking)


def test_only_the_service_itself_may_run_its_timers() -> None:
    for timer in (m.WarnSla, m.BreachSla, m.ApplyRequest):
        assert ROUTES.deciding[timer.TYPE].grants == {"service": "all"}
    for review in (m.AskForInformation, m.ApproveRequest, m.RejectRequest):
        assert ROUTES.deciding[review.TYPE].grants == {"plan_staff": "all"}


def test_everything_about_a_tax_id_is_decided_in_one_order() -> None:
    about = m.ApproveRequest(tin=TIN, number="PMR-1")
    assert {
        registered(GROUP, "group").key(),
        about.key(),
        m.WarnSla(tin=TIN, number="PMR-1").key(),
    } == {TIN}


def test_from_the_feed_to_an_approved_newcomer_through_the_routes() -> None:
    rows = Rows()
    rows.decide(registered(GROUP, "group"), context(role="plan_feed"))
    request = m.SubmitMaintenanceRequest.model_validate(
        {"tin": TIN, "npi": GROUP, "change": ADD, "contact": CONTACT.model_dump()}
    )
    reply = rows.decide(request, context(number=7)).reply
    assert isinstance(reply, MaintenanceRequestAccepted)
    rows.decide(m.ApproveRequest(tin=TIN, number=reply.number), context(role="plan_staff"))
    added = rows.kept[PROFILES][profile_key(NEWCOMER, TIN)]
    assert added.active_on(SETTINGS.calendar.day_of(context().now).replace(month=4))
    assert rows.kept[TINS_OF_NPI][NEWCOMER] == (TIN,)
    assert rows.kept[REQUESTS][reply.number].applied


def test_a_new_npi_is_looked_up_before_it_is_given() -> None:
    rows = Rows()
    for npi, kind in ((GROUP, "group"), (DOCTOR, "physician")):
        rows.decide(registered(npi, kind), context(role="plan_feed"))
    request = m.SubmitMaintenanceRequest.model_validate(
        {
            "tin": TIN,
            "npi": DOCTOR,
            "change": {**NPI, "new_npi": GROUP},
            "contact": CONTACT.model_dump(),
        }
    )
    reply = rows.decide(request, context()).reply
    assert isinstance(reply, Refused) and reply.problems[0].code == "npi_taken"


def test_the_service_can_be_started_with_its_migrations() -> None:
    assert [path.name for path in sorted(SERVICE.migrations.glob("*.sql"))] == [
        "0001_profiles_and_requests.sql"
    ]
    assert SERVICE.routes.topics() == ("providers.commands",)
