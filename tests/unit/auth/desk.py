"""Synthetic requests, and the service in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from portal_contracts.auth.commands import DecideLines, RequestAuthorization
from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.common import Role
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CobPolicy
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.outcome import Outcome
from prior_auth.domain import request, review
from prior_auth.domain.authorization import Authorization
from tests.support import deciding
from tests.support.deciding import NOW, TIN

FOREIGN_TIN = "999888777"
MEMBER, UM_PHONE = "M000000001-00", "1-800-555-0100"
START = date(2026, 4, 1)
LINE: dict[str, Any] = {"procedure": "27447", "units": 4, "start": START, "end": "2026-04-30"}
FORM: dict[str, Any] = {
    "tin": TIN,
    "setting": "outpatient",
    "member_id": MEMBER,
    "other_insurance": False,
    "servicing": {"npi": "1234567893", "name": "Example Surgery"},
    "ordering": {"npi": "1999999984"},
    "contact": {"name": "Front Desk", "phone": "5135550100"},
    "diagnoses": ["M1711"],
    "lines": [LINE, {**LINE, "procedure": "97110", "units": 12}],
    "documents": ["DOC-1"],
}


def form(**changes: Any) -> RequestAuthorization:
    return RequestAuthorization.model_validate({**FORM, **changes})


def policy(**values: Any) -> CobPolicy:
    given: dict[str, Any] = {
        "policy_id": "COB-1",
        "carrier": "Other Health",
        "policy_number": "P1",
        "holder_name": "Example",
        "relationship": "self",
        "start": date(2025, 1, 1),
        "insurance_type": "commercial",
        **values,
    }
    return CobPolicy(**given)


def member(*policies: CobPolicy) -> MemberChanged:
    return MemberChanged(
        member_id=MEMBER,
        version=1,
        last_name="Example",
        first_name="Pat",
        date_of_birth=date(1980, 5, 5),
        sex="F",
        spans=(),
        cob=policies,
    )


def context(role: Role = "provider", number: int = 1, now: datetime = NOW) -> Context:
    return deciding.context(SimpleNamespace(um_phone=UM_PHONE), role, number, now)


@dataclass
class Desk:
    """One authorization, and all that was announced about it."""

    known: Authorization | None = None
    events: list[Any] = field(default_factory=list)

    def request(self, **changes: Any) -> Decision:
        return self._take(request.request(form(**changes), member(), context()))

    def review(self, *reviews: dict[str, Any], now: datetime = NOW) -> Decision:
        number = self.known.authorization_number if self.known else "AUTH-NONE"
        command = DecideLines.model_validate({"authorization_number": number, "reviews": reviews})
        return self._take(review.decide_lines(command, self.known, context("plan_staff", 2, now)))

    def snapshots(self) -> list[AuthorizationChanged]:
        return [event for event in self.events if isinstance(event, AuthorizationChanged)]

    def _take(self, outcome: Outcome[Authorization]) -> Decision:
        """Do what the runtime does with a decision."""
        self.known = outcome.state or self.known
        self.events += outcome.decision.events
        return outcome.decision
