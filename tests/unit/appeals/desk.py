"""Synthetic claims and forms, and the service in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from appeals.domain import decide, submit
from appeals.domain.case import Case
from appeals.domain.claim import DeniedLine, KnownClaim, MemberCoverage
from appeals.domain.limits import Terms, TimeLimits
from appeals.settings import TIME_LIMITS
from portal_contracts.appeals.commands import DecideCase, LinkOutcome, SubmitAppeal, SubmitDispute
from portal_contracts.appeals.parts import CaseKind
from portal_contracts.common import Role
from portal_contracts.ids import bucket, make_reference
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.outcome import Outcome
from tests.support import deciding
from tests.support.deciding import NOW, TIN

FOREIGN_TIN = "999888777"
CLAIM = make_reference("CLM", bucket("M000000001-00"), UUID(int=7))
MAIL, FAX = "P.O. Box 100, Springfield, OH 45501", "1-800-555-0143"
CONTACT = {"name": "Front Desk", "phone": "5135550100"}


def terms(limits: TimeLimits | None = None) -> Terms:
    known = limits or TimeLimits.model_validate_json(TIME_LIMITS.read_bytes())
    return Terms(known, MAIL, FAX, PlanCalendar(ZoneInfo("America/New_York")))


def claim(*denied: str, **values: Any) -> KnownClaim:
    """A claim of one line per argument: its CARC and RARCs, as '252 M127'."""
    lines = tuple(
        DeniedLine(carcs=(codes.split()[0],), rarcs=tuple(codes.split()[1:])) for codes in denied
    )
    given: dict[str, Any] = {
        "claim_number": CLAIM,
        "version": 1,
        "status": "denied" if denied else "paid",
        "billing_tin": TIN,
        "member_id": "M000000001-00",
        "service_from": date(2026, 1, 15),
        "adjudication": 1,
        "adjudicated_at": NOW - timedelta(days=10),
        "denied_lines": lines,
        **values,
    }
    return KnownClaim(**given)


def dispute_form(category: str = "full_denial") -> SubmitDispute:
    form = {
        "claim_number": CLAIM,
        "category": category,
        "statement": "The service was covered.",
        "documents": ("DOC-1",),
        "contact": CONTACT,
    }
    return SubmitDispute.model_validate(form)


def appeal_form(category: str = "medical_necessity") -> SubmitAppeal:
    form = {
        "claim_number": CLAIM,
        "category": category,
        "statement": "The service was necessary.",
        "notes": "See the letter.",
        "contact": CONTACT,
    }
    return SubmitAppeal.model_validate(form)


def context(
    role: Role = "provider",
    number: int = 1,
    now: datetime = NOW,
    limits: TimeLimits | None = None,
    tins: tuple[str, ...] = (TIN,),
) -> Context:
    return deciding.context(SimpleNamespace(terms=terms(limits)), role, number, now, tins)


@dataclass
class Desk:
    """One claim, the cases about it, and all that was announced and ordered."""

    claim: KnownClaim | None = field(default_factory=lambda: claim("96 N130"))
    coverage: MemberCoverage | None = None
    cases: dict[str, Case] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)
    commands: list[Any] = field(default_factory=list)
    messages: int = 0

    def dispute(self, category: str = "full_denial", **ctx: Any) -> Decision:
        return self._take(submit.submit(dispute_form(category), self._known(), self._ctx(**ctx)))

    def appeal(self, category: str = "medical_necessity", **ctx: Any) -> Decision:
        return self._take(submit.submit(appeal_form(category), self._known(), self._ctx(**ctx)))

    def decide(
        self, number: str, verdict: str, waive: tuple[str, ...] = (), **ctx: Any
    ) -> Decision:
        command = DecideCase.model_validate(
            {"case_number": number, "verdict": verdict, "reason": "Because.", "waive": waive}
        )
        staff = self._ctx(role="plan_staff", **ctx)
        return self._take(decide.decide(command, self.cases.get(number), self.claim, staff))

    def link(self, number: str, adjudication: int = 2, claim_number: str = CLAIM) -> Decision:
        command = LinkOutcome(
            case_number=number,
            claim_number=claim_number,
            adjudication=adjudication,
            status="paid",
            paid="80.00",
            at=NOW,
        )
        service = self._ctx(role="service")
        return self._take(decide.link(command, self.cases.get(number), service))

    def open(self) -> dict[CaseKind, str]:
        return {
            case.kind: case.case_number for case in self.cases.values() if case.status == "open"
        }

    def _known(self) -> submit.Known:
        return submit.Known(self.claim, self.open(), self.coverage)

    def _ctx(self, **values: Any) -> Context:
        self.messages += 1
        return context(number=self.messages, **values)

    def _take(self, outcome: Outcome[Case]) -> Decision:
        """Do what the runtime does with a decision."""
        if outcome.state is not None:
            self.cases[outcome.state.case_number] = outcome.state
        self.events += outcome.decision.events
        self.commands += outcome.decision.commands
        return outcome.decision
