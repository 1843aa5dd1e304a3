"""The service in memory: synthetic members, and commands as the feed and a front desk send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from eligibility.domain.member import Member
from eligibility.domain.plan import Plan
from eligibility.facts import RELATIONS, Relation, relation_key
from eligibility.routes import ROUTES
from eligibility.settings import EligibilitySettings
from eligibility.store import MEMBERS
from portal_contracts.base import Command, Event, Reply
from portal_contracts.common import Role
from portal_contracts.eligibility import commands as m
from portal_runtime.access.shown import members_in, why
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.tables import View
from tests.support import deciding
from tests.support.deciding import NOW

SETTINGS = EligibilitySettings()
PLAN: Plan = SETTINGS
TIN = "310000001"
MEMBER = "10000000001-00"
PERSON = {
    "member_id": MEMBER,
    "last_name": "Example",
    "first_name": "Ada",
    "date_of_birth": "1980-05-17",
    "sex": "F",
}
SPAN = {"start": "2020-01-01", "plan": "MCD-OH", "line_of_business": "medicaid"}
COB = {
    "member_id": MEMBER,
    "carrier": "Other Mutual",
    "policy_number": "P-1",
    "holder_name": "Ada Example",
    "relationship": "self",
    "start": "2024-01-01",
    "insurance_type": "commercial",
}


def context(number: int = 1, now: datetime = NOW, role: Role = "provider") -> Context:
    return deciding.context(SETTINGS, role, number, now, (TIN,))


@dataclass
class Office:
    """Decides through the routes, with only what `needs` names; keeps what a database would."""

    members: dict[str, Member] = field(default_factory=dict)
    relations: dict[str, Relation] = field(
        default_factory=lambda: {relation_key(MEMBER, TIN): Relation(member_id=MEMBER, tin=TIN)}
    )
    looks: list[tuple[str, str]] = field(default_factory=list)
    """Type of the message and member, for each member that its answer showed."""
    events: list[tuple[Event, datetime]] = field(default_factory=list)
    count: int = 0

    def send(self, command: Command, now: datetime = NOW, role: Role = "provider") -> Reply:
        """Decide as the runtime would; each command has its own id."""
        self.count += 1
        ctx, route, view = context(self.count, now, role), ROUTES.deciding[command.TYPE], View()
        tables: dict[Any, dict[str, Any]] = {MEMBERS: self.members, RELATIONS: self.relations}
        for table, key in route.needs(command, ctx):
            view.loaded(table, [key], tables[table])
        return self._take(command, route.decide(command, view, ctx), now)

    def enroll(self, **values: Any) -> Reply:
        return self.send(m.EnrollMember.model_validate({**PERSON, "spans": [SPAN], **values}))

    def change(self, **values: Any) -> Reply:
        return self.send(m.ChangeCoverage.model_validate({"member_id": MEMBER, **values}))

    def add(self, **values: Any) -> Reply:
        return self.send(m.AddCob.model_validate({**COB, **values}))

    def edit(self, policy_id: str, version: int, **values: Any) -> Reply:
        about = {"policy_id": policy_id, "expected_version": version}
        return self.send(m.EditCob.model_validate({**COB, **about, **values}))

    @property
    def member(self) -> Member:
        return self.members[MEMBER]

    @property
    def announced(self) -> list[Event]:
        return [event for event, _ in self.events]

    def _take(self, command: Command, decision: Decision, now: datetime) -> Reply:
        self.members |= {save.key: save.value for save in decision.saves}
        self.events += [(event, now) for event in decision.events]
        assert decision.reply is not None
        shown = members_in(decision.reply).union(decision.looked_at)
        self.looks += [(why(command), member) for member in sorted(shown)]
        return decision.reply
