"""Requests for provider maintenance and their clocks: 30 calendar days, or 90 business days.

Questions stop the clock and answers start it again; timers fire late, and twice.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import reduce
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from portal_contracts.principal import Principal
from portal_contracts.providers import commands as m
from portal_contracts.providers import events as e
from providers.domain.request import MaintenanceRequest, evolve
from tests.model.machine import PICK, Machine, looking, one_or
from tests.support.deciding import NOW, TIN
from tests.unit.providers.desk import CONTACT, DOCTOR, GROUP
from tests.unit.providers.test_submit import ADD, PHONE

FEED = Principal(subject="feed", role="plan_feed")
OFFICE = Principal(subject="office", role="provider", tins=frozenset({TIN}))
STAFF = Principal(subject="staff", role="plan_staff")
HAPPENED: tuple[type[e.RequestEvent], ...] = (
    e.MaintenanceRequestSubmitted,
    e.InformationRequested,
    e.QuestionAnswered,
    e.RequestApproved,
    e.RequestRejected,
    e.RequestApplied,
    e.SlaWarning,
    e.SlaBreached,
)
STOPS = (e.InformationRequested, e.RequestApproved, e.RequestRejected)


class Maintenance(Machine):
    NOW = NOW
    SERVICES = ("providers",)
    AFTERWARDS = (timedelta(days=60), timedelta(days=200))

    @initialize(onboarding=st.booleans())
    def what_there_is(self, onboarding: bool) -> None:
        for npi, kind in ((GROUP, "group"), (DOCTOR, "physician")):
            self.ask(_profile(npi, kind), FEED)
        self.submit(onboarding)
        self.portal.drain()

    def _requests(self) -> dict[str, MaintenanceRequest]:
        rows = self.portal.running["providers"].db.tables["requests"]
        return {k: MaintenanceRequest.model_validate_json(r["body"]) for k, r in rows.items()}

    def _about(self, pick: int) -> dict[str, str]:
        return {"tin": TIN, "number": one_or(self._requests(), "PMR-000000000000000", pick)}

    # -- commands -----------------------------------------------------------------------------

    @rule(onboarding=st.booleans())
    def submit(self, onboarding: bool) -> None:
        npi, change = (GROUP, ADD) if onboarding else (DOCTOR, PHONE)
        form = {"tin": TIN, "npi": npi, "change": change, "contact": CONTACT.model_dump()}
        self.send(m.SubmitMaintenanceRequest.model_validate(form), OFFICE)

    @rule(pick=PICK)
    def ask_for_information(self, pick: int) -> None:
        self.send(m.AskForInformation(**self._about(pick), question="Which license?"), STAFF)

    @rule(pick=PICK)
    def answer(self, pick: int) -> None:
        self.send(m.AnswerQuestion(**self._about(pick), answer="This one"), OFFICE)

    @rule(pick=PICK, approve=st.booleans())
    def decide(self, pick: int, approve: bool) -> None:
        about = self._about(pick)
        if approve:
            self.send(m.ApproveRequest(**about), STAFF)
        else:
            self.send(m.RejectRequest(**about, reason="Incomplete"), STAFF)

    @rule(days=st.sampled_from([1, 5, 24, 26, 31]))
    def time_passes(self, days: int) -> None:
        """Timers are late until they fire: people work on meanwhile."""
        self.portal.wait(days=days)

    # -- what must hold -----------------------------------------------------------------------

    def always(self) -> None:
        events = self.portal.events("providers", *HAPPENED)
        for number, request in self._requests().items():
            own = [x for x in events if x.number == number]
            begun = request.model_copy(update=_untouched(own[0]))
            assert reduce(evolve, own[1:], begun) == request
            _sla_is_lawful(own)
            self._what_runs_has_its_timers(request)

    def _what_runs_has_its_timers(self, request: MaintenanceRequest) -> None:
        timers = self.portal.running["providers"].db.tables["timers"]
        clock, now = request.clock, self.portal.clock.now()
        runs = request.status == "in_review" and not clock.breached
        if runs and clock.late_from is not None and clock.late_from > now:
            assert f"{request.number}:breach" in timers, "the deadline has no timer"
        if not request.open or request.status == "information_needed":
            mine = {k for k in timers if k.startswith(request.number)}
            assert mine <= {f"{request.number}:apply"}, "a stopped clock has a timer"

    def at_the_end(self) -> None:
        breached = Counter(x.number for x in self.portal.events("providers", e.SlaBreached))
        answers = [self.portal.answers(c)[0] for c in self.portal.copies]
        accepted = {n for a in answers if (n := getattr(a, "number", None))}
        assert accepted == self._requests().keys()
        for number, request in self._requests().items():
            if request.status == "in_review":
                assert breached[number] == 1, "nobody was told that the deadline has passed"
            if request.status == "approved":
                assert request.applied, "an approved change was never made"


def _sla_is_lawful(own: list[Any]) -> None:
    """Each at most once, never early, never while the clock stands still."""
    kinds = Counter(type(x) for x in own)
    assert all(kinds[kind] <= 1 for kind in (e.SlaWarning, e.SlaBreached, e.RequestApplied))
    stopped, clock = False, own[0].clock
    for x in own:
        if isinstance(x, e.SlaWarning | e.SlaBreached):
            assert not stopped, "the clock stands still"
            due = clock.late_from if isinstance(x, e.SlaBreached) else clock.warn_at
            assert x.at >= due, "early"
        if isinstance(x, e.QuestionAnswered):
            stopped = False
        if isinstance(x, STOPS):
            stopped = True
        clock = getattr(x, "clock", clock)


def _untouched(first: e.MaintenanceRequestSubmitted) -> dict[str, Any]:
    return {
        "version": first.version,
        "clock": first.clock,
        "status": "in_review",
        "exchanges": (),
        "decision_note": "",
        "closed_at": None,
        "documents": (),
        "applied": False,
    }


def _profile(npi: str, kind: Any) -> m.RegisterProvider:
    form = {
        "npi": npi,
        "tin": TIN,
        "name": "Example",
        "provider_type": kind,
        "specialty": "207Q00000X",
        "participation": [{"start": "2020-01-01"}],
    }
    return m.RegisterProvider.model_validate(form)


TestMaintenance: Any = Maintenance.TestCase
TestMaintenance.settings = looking(histories=100, steps=30)
