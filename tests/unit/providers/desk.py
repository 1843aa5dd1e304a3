"""Synthetic providers, a plan's choices, and commands as a provider or the plan would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal_contracts.common import Contact, Role
from portal_contracts.providers import commands as m
from portal_contracts.providers.parts import Participation
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.outcome import Outcome
from providers.domain import review, sla, submit
from providers.domain.profile import Known, Profile, npis_of
from providers.domain.request import MaintenanceRequest
from providers.domain.story import Applied
from providers.settings import ProvidersSettings
from tests.support import deciding
from tests.support.deciding import NOW, TIN

OTHER_TIN, FOREIGN_TIN = "111222444", "999888777"
GROUP, DOCTOR, NEWCOMER, SPARE = "1234567893", "1999999984", "1932104098", "1447848577"
ADDRESS = {"line1": "1 Main St", "city": "Springfield", "state": "OH", "zip": "45501"}
CONTACT = Contact(name="Front Desk", phone="5135550100")
SETTINGS = ProvidersSettings(
    contract_form="https://plan.example/contract", contracting_contact="1-800-555-0142"
)


def profile(npi: str, kind: Any = "physician", tin: str = TIN, **values: Any) -> Profile:
    spans = (Participation(start=date(2020, 1, 1)),)
    given = {"name": "Example", "participation": spans, "specialty": "207Q00000X", **values}
    return Profile(npi=npi, tin=tin, provider_type=kind, **given)


def context(
    now: datetime = NOW, role: Role = "provider", number: int = 1, tins: tuple[str, ...] = (TIN,)
) -> Context:
    return deciding.context(SETTINGS, role, number, now, tins)


@dataclass
class Desk:
    """The service in memory: what is on file at the Tax ID, and all that was announced."""

    profiles: dict[str, Profile] = field(
        default_factory=lambda: {GROUP: profile(GROUP, "group"), DOCTOR: profile(DOCTOR)}
    )
    elsewhere: dict[str, tuple[str, ...]] = field(default_factory=dict)
    request: MaintenanceRequest | None = None
    timers: dict[str, tuple[datetime, Any]] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)

    def submit(self, change: dict[str, Any], npi: str = GROUP, **ctx: Any) -> Decision:
        message = {"tin": TIN, "npi": npi, "change": change, "contact": CONTACT.model_dump()}
        command = m.SubmitMaintenanceRequest.model_validate(message)
        known = self.known((npi, *npis_of(command.change)))
        return self._take(submit.submit(command, known, context(**ctx)))

    def known(self, npis: tuple[str, ...]) -> Known:
        at_tin = {npi: self.profiles[npi] for npi in npis if npi in self.profiles}
        here = {npi: (TIN,) if npi in at_tin else () for npi in npis}
        tins = {npi: tuple(sorted({*here[npi], *self.elsewhere.get(npi, ())})) for npi in npis}
        return Known(at_tin, tins)

    def ask(self, now: datetime = NOW) -> Decision:
        command = m.AskForInformation(**self._about(), question="Which license?")
        return self._take(review.ask(command, self.request, context(now, "plan_staff")))

    def answer(self, now: datetime = NOW) -> Decision:
        command = m.AnswerQuestion(**self._about(), answer="This one", documents=("DOC-2",))
        return self._take(review.answer(command, self.request, context(now)))

    def approve(self, now: datetime = NOW) -> Decision:
        command = m.ApproveRequest(**self._about())
        ctx = context(now, "plan_staff")
        return self._take(review.approve(command, self.request, self._known(), ctx))

    def reject(self, now: datetime = NOW) -> Decision:
        command = m.RejectRequest(**self._about(), reason="Incomplete")
        return self._take(review.reject(command, self.request, context(now, "plan_staff")))

    def fire(self, command: Any, now: datetime) -> Decision:
        """Deliver a timer's command, as often and as late as one likes."""
        ctx = context(now, "service")
        match command:
            case m.WarnSla():
                return self._take(sla.warn(command, self.request, ctx))
            case m.BreachSla():
                return self._take(sla.breach(command, self.request, ctx))
        return self._take(review.apply(command, self.request, self._known(), ctx))

    def due(self, now: datetime) -> list[Any]:
        """Commands of the timers that are due; each timer fires once."""
        keys = [k for k, (at, _) in sorted(self.timers.items(), key=lambda t: t[1][0]) if at <= now]
        return [self.timers.pop(key)[1] for key in keys]

    def _known(self) -> Known:
        if self.request is None:
            return Known({}, {})
        return self.known((self.request.npi, *npis_of(self.request.change)))

    def _about(self) -> dict[str, str]:
        return {"tin": TIN, "number": self.request.number if self.request else "PMR-NONE"}

    def _take(self, outcome: Outcome[MaintenanceRequest]) -> Decision:
        """Do what the runtime does with a decision."""
        decision = outcome.decision
        self.request = outcome.state or self.request
        if isinstance(outcome, Applied):
            self.profiles |= {p.npi: p for p in outcome.profiles}
        self.events += decision.events
        for key in decision.cancel_timers:
            self.timers.pop(key, None)
        self.timers |= {t.key: (t.due_at, t.command) for t in decision.set_timers}
        return decision

    def announced(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]
