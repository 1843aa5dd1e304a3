"""Other insurance, end to end: added, edited and ended in eligibility, and what becomes of claims.

Editors overtake each other, reviews come late, and everything is delivered more than once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import reduce
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from claims.domain.cob_review import DECIDED_EARLIER
from claims.domain.rules.edits.other_coverage import pays_first
from claims.domain.state import Adjudicated
from eligibility.domain.member import Member, evolve
from portal_contracts.claims.events import ReadjudicationsOrdered
from portal_contracts.eligibility.commands import AddCob, EditCob, EnrollMember
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.eligibility.replies import CobAdded, CobEdited, CobStale
from portal_contracts.principal import Principal
from tests.model import money
from tests.model.machine import PICK, Machine, looking, one_of
from tests.unit.claims.builders import BORN, DAY, MEMBER, TIN, claim, line, provider

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = Principal(subject="feed", role="plan_feed")
OFFICE = Principal(subject="office", role="provider", tins=frozenset({TIN}))
BEFORE, AFTER = date(2026, 1, 1), date(2026, 2, 20)
ENDS = st.sampled_from([None, BEFORE, DAY, AFTER])
KINDS = st.sampled_from(["commercial", "medicare"])
SPAN = {"start": "2025-01-01", "plan": "P", "line_of_business": "commercial"}
PERSON = {"last_name": "Rivera", "first_name": "Ana", "date_of_birth": BORN, "sex": "F"}


def content(kind: str, end: date | None, primary: bool, box: bool) -> dict[str, Any]:
    return {
        "member_id": MEMBER,
        "carrier": f"The {kind} one",
        "policy_number": "P1",
        "holder_name": "Luis Rivera",
        "relationship": "spouse",
        "start": date(2025, 1, 1),
        "end": end,
        "insurance_type": kind,
        "primary": primary,
        "adjust_claims": box,
    }


class Cob(Machine):
    NOW = NOW
    SERVICES = ("eligibility", "claims")
    ALWAYS_TICKED = False

    @initialize(insured=st.booleans())
    def what_there_is(self, insured: bool) -> None:
        self.claims = 0
        self.portal.announce(provider())
        person = {"member_id": MEMBER, **PERSON, "spans": (SPAN,)}
        self.ask(EnrollMember.model_validate(person), FEED)
        if insured:
            self.ask(AddCob(**content("commercial", None, True, False)), FEED)
        self.submit(9)
        self.portal.drain()
        self.seen: dict[str, int] = {}

    def _member(self) -> Member:
        row = self.portal.running["eligibility"].db.tables["members"][MEMBER]
        return Member.model_validate_json(row["body"])

    # -- commands -----------------------------------------------------------------------------

    @rule(kind=KINDS, end=ENDS, primary=st.booleans(), box=st.booleans())
    def add(self, kind: str, end: date | None, primary: bool, box: bool) -> None:
        box = box or self.ALWAYS_TICKED
        self.send(AddCob(**content(kind, end, primary, box)), OFFICE)

    @rule(pick=PICK, end=ENDS, primary=st.booleans(), box=st.booleans(), behind=st.integers(0, 1))
    def edit(self, pick: int, end: date | None, primary: bool, box: bool, behind: int) -> None:
        """Perhaps on a version that was edited meanwhile."""
        policies = self._member().policies
        if not policies:
            return
        on_file = one_of(list(policies), pick)
        known = self.seen.setdefault(on_file.policy.policy_id, on_file.version)
        version = known if behind else on_file.version
        wanted = content(on_file.policy.insurance_type, end, primary, box or self.ALWAYS_TICKED)
        number = {"policy_id": on_file.policy.policy_id, "expected_version": version}
        self.send(EditCob(**wanted, **number), OFFICE)

    @rule(day=st.integers(1, 9))
    def submit(self, day: int) -> None:
        """Each with a charge of its own, so that none is a duplicate."""
        self.claims += 1
        visit = line(from_date=date(2026, 2, day), charge=f"{100 + self.claims}.00")
        self.send(claim(visit), OFFICE)

    # -- what must hold -----------------------------------------------------------------------

    def always(self) -> None:
        money.balances(self.portal)
        self._the_journal_gives_the_member()

    def _the_journal_gives_the_member(self) -> None:
        events = self.portal.events("eligibility", MemberChanged, CobChanged)
        first, *rest = events
        # Every change of COB is announced as a snapshot first: that is no event of its own.
        changes = [e for e in rest if isinstance(e, CobChanged)]
        folded = reduce(lambda m, e: evolve(m, e, NOW), changes, evolve(None, first, NOW))
        member = self._member()
        assert folded.policies == member.policies and folded.version == member.version
        assert events[-1 if len(events) == 1 else -2].cob == member.cob

    def at_the_end(self) -> None:
        self._each_edit_was_of_the_version_on_file()
        self._every_change_was_reviewed_once()
        self._claims_agree_with_what_is_on_file()

    def _each_edit_was_of_the_version_on_file(self) -> None:
        """Optimistic locking: an accepted edit names the version its change replaced."""
        changes = self.portal.events("eligibility", CobChanged)
        before = {}
        last: dict[str, int] = {}
        for change in changes:
            before[change.change_id] = last.get(change.after.policy_id)
            last[change.after.policy_id] = change.version
        for copy in self.portal.copies:
            (answer,) = self.portal.answers(copy)
            if isinstance(answer, CobEdited) and answer.change_id is not None:
                assert isinstance(copy.command, EditCob)
                assert copy.command.expected_version == before[answer.change_id]
            if isinstance(answer, CobStale):
                assert isinstance(copy.command, EditCob)
                assert answer.version != copy.command.expected_version

    def _every_change_was_reviewed_once(self) -> None:
        changed = sorted(c.change_id for c in self.portal.events("eligibility", CobChanged))
        reviewed = [r.change_id for r in self.portal.events("claims", ReadjudicationsOrdered)]
        assert sorted(reviewed) == changed
        answers = [self.portal.answers(c)[0] for c in self.portal.copies]
        named = {a.change_id for a in answers if isinstance(a, CobAdded | CobEdited)} - {None}
        assert named == set(changed)

    def _claims_agree_with_what_is_on_file(self) -> None:
        """Nobody is left denied for another insurance that does not pay first on that day."""
        policies = self._member().cob
        for known in money.claims_of(self.portal).values():
            assert isinstance(known.state, Adjudicated)
            first = any(pays_first(p, known.state.outcome.service_from) for p in policies)
            denied = "22" in known.carcs()
            assert first or not denied, "denied for an insurance that does not pay first"
            if self.ALWAYS_TICKED and not known.carcs() <= DECIDED_EARLIER:
                assert denied or not first, "paid as first although the box was ticked"


class CobTicked(Cob):
    """Every change asks for the claims to be adjusted: then each of them must follow it."""

    ALWAYS_TICKED = True


TestCob: Any = Cob.TestCase
TestCob.settings = looking(histories=100, steps=30)
TestCobTicked: Any = CobTicked.TestCase
TestCobTicked.settings = looking(histories=100, steps=30)
