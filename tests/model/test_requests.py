"""Authorizations, disputes and appeals: asked for and decided, and the claims they overturn."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from appeals.domain.case import Case
from appeals.domain.case import evolve as evolve_case
from portal_contracts.appeals.commands import DecideCase, SubmitAppeal, SubmitDispute
from portal_contracts.appeals.events import CaseDecided, CaseOutcomeLinked, CaseSubmitted
from portal_contracts.appeals.replies import CaseReceived
from portal_contracts.auth.commands import DecideLines
from portal_contracts.auth.events import AuthorizationRequested, LinesDecided
from portal_contracts.auth.replies import AuthorizationReceived
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.principal import Principal
from prior_auth.domain.authorization import Authorization
from prior_auth.domain.authorization import evolve as evolve_authorization
from tests.model import money
from tests.model.machine import PICK, Machine, looking, one_or
from tests.support.histories import replayed
from tests.unit.auth.desk import LINE
from tests.unit.auth.desk import form as authorization_form
from tests.unit.claims.builders import MEMBER, TIN, claim, line, member, provider

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OFFICE = Principal(subject="office", role="provider", tins=frozenset({TIN}))
STAFF = Principal(subject="staff", role="plan_staff")
CONTACT = {"name": "Front Desk", "phone": "5135550100"}
UNKNOWN = {"case": "DSP-000000000000000", "authorization": "AUTH-000000000000000"}
VERDICTS = st.sampled_from(["upheld", "overturned", "partly"])
DECISIONS = st.sampled_from(["approved", "denied", "pended_for_information"])
LONG_AGO = date(2025, 2, 3)
"""Filed too late (CARC 29): what disputes and appeals are about here, and what they may waive."""


class Requests(Machine):
    NOW = NOW
    SERVICES = ("claims", "appeals", "auth")

    @initialize()
    def what_there_is(self) -> None:
        self.portal.announce(member())
        self.portal.announce(provider())
        self.portal.drain()
        answer = self.ask(claim(line(from_date=LONG_AGO)), OFFICE)
        self.number = answer.claim_number
        self.dispute()
        self.request_an_authorization(2)
        self.portal.drain()

    def _cases(self) -> dict[str, Case]:
        rows = self.portal.running["appeals"].db.tables["cases"]
        return {k: Case.model_validate_json(row["body"]) for k, row in rows.items()}

    def _authorizations(self) -> dict[str, Authorization]:
        rows = self.portal.running["auth"].db.tables["authorizations"]
        return {k: Authorization.model_validate_json(row["body"]) for k, row in rows.items()}

    # -- disputes and appeals -----------------------------------------------------------------

    @rule()
    def dispute(self) -> None:
        form = {
            "claim_number": self.number,
            "category": "full_denial",
            "statement": "The service was covered.",
            "documents": ("DOC-1",),
            "contact": CONTACT,
        }
        self.send(SubmitDispute.model_validate(form), OFFICE)

    @rule()
    def appeal(self) -> None:
        form = {
            "claim_number": self.number,
            "category": "medical_necessity",
            "statement": "The service was necessary.",
            "contact": CONTACT,
        }
        self.send(SubmitAppeal.model_validate(form), OFFICE)

    @rule(pick=PICK, verdict=VERDICTS, waive=st.sampled_from([(), ("timely_filing",)]))
    def decide_a_case(self, pick: int, verdict: str, waive: tuple[str, ...]) -> None:
        number = one_or(self._cases(), UNKNOWN["case"], pick)
        form = {"case_number": number, "verdict": verdict, "reason": "Because.", "waive": waive}
        self.send(DecideCase.model_validate(form), STAFF)

    # -- authorizations -----------------------------------------------------------------------

    @rule(lines=st.integers(1, 2))
    def request_an_authorization(self, lines: int) -> None:
        form = authorization_form(tin=TIN, member_id=MEMBER, lines=[LINE] * lines)
        self.send(form, OFFICE)

    @rule(pick=PICK, decision=DECISIONS, number=st.integers(1, 2))
    def decide_a_line(self, pick: int, decision: str, number: int) -> None:
        about = one_or(self._authorizations(), UNKNOWN["authorization"], pick)
        review = {"line": number, "decision": decision, "reason": "Because."}
        if decision == "denied":
            review["denial_reason"] = "medical_necessity"
        form = {"authorization_number": about, "reviews": [review]}
        self.send(DecideLines.model_validate(form), STAFF)

    @rule(hours=st.integers(1, 48))
    def time_passes(self, hours: int) -> None:
        self.portal.wait(hours=hours)

    # -- what must hold -----------------------------------------------------------------------

    def always(self) -> None:
        money.balances(self.portal)
        self._histories_give_their_states()
        open_kinds = Counter(c.kind for c in self._cases().values() if c.status == "open")
        assert all(n == 1 for n in open_kinds.values()), "two cases of a kind are open at once"

    def _histories_give_their_states(self) -> None:
        events = self.portal.events("appeals", CaseSubmitted, CaseDecided, CaseOutcomeLinked)
        for number, case in self._cases().items():
            assert replayed(evolve_case, (e for e in events if e.case_number == number)) == case
        decided = self.portal.events("auth", AuthorizationRequested, LinesDecided)
        for number, known in self._authorizations().items():
            history = tuple(e for e in decided if e.authorization_number == number)
            assert replayed(evolve_authorization, history) == known

    def at_the_end(self) -> None:
        self._every_answer_is_on_file()
        self._overturned_is_adjudicated_once_and_linked()

    def _every_answer_is_on_file(self) -> None:
        received: set[str] = set()
        for copy in self.portal.copies:
            (answer,) = self.portal.answers(copy)
            if isinstance(answer, CaseReceived):
                received.add(answer.case_number)
            if isinstance(answer, AuthorizationReceived):
                received.add(answer.authorization_number)
        assert received == self._cases().keys() | self._authorizations().keys()

    def _overturned_is_adjudicated_once_and_linked(self) -> None:
        causes = Counter(
            e.cause_reference
            for e in self.portal.events("claims", ClaimAdjudicated)
            if e.cause in ("dispute_overturned", "appeal_overturned")
        )
        overturned = {n: c for n, c in self._cases().items() if c.is_overturned}
        assert causes == Counter(dict.fromkeys(overturned, 1))
        adjudications = {
            e.cause_reference: e for e in self.portal.events("claims", ClaimAdjudicated)
        }
        for number, case in overturned.items():
            assert case.outcome is not None, "the outcome never came back to the case"
            assert case.outcome.adjudication == adjudications[number].adjudication
        known = money.claims_of(self.portal)[self.number]
        waived = any(c.waived for c in overturned.values())
        assert (known.status == "paid") == waived


TestRequests: Any = Requests.TestCase
TestRequests.settings = looking(histories=100, steps=30)
