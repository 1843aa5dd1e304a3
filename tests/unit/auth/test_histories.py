"""Whatever is asked and decided in whatever order: what always holds of an authorization."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal_contracts.auth.events import AuthorizationRequested, LinesDecided
from portal_contracts.auth.replies import AuthorizationLine
from portal_contracts.common import Refused
from prior_auth.domain.authorization import FINAL, evolve
from tests.support.deciding import NOW
from tests.support.histories import replayed
from tests.unit.auth.desk import LINE, Desk

OPEN = frozenset({"pending", "pended_for_information"})
REVIEWS = st.fixed_dictionaries(
    {
        "line": st.integers(1, 4),
        "decision": st.sampled_from(
            ["approved", "partly_approved", "denied", "pended_for_information"]
        ),
        "approved_units": st.sampled_from([None, None, 0, 1, 4]),
        "denial_reason": st.sampled_from([None, None, "medical_necessity", "duplicate_request"]),
        "reason": st.sampled_from(["", "Because."]),
    }
)


class History(RuleBasedStateMachine):
    @initialize(lines=st.integers(1, 3))
    def request(self, lines: int) -> None:
        self.desk = Desk()
        self.desk.request(lines=[LINE] * lines)
        self.minutes = 0

    @rule(reviews=st.lists(REVIEWS, min_size=1, max_size=3))
    def review(self, reviews: list[dict[str, Any]]) -> None:
        self.minutes += 1
        before, announced = self.desk.known, len(self.desk.events)
        assert before is not None
        now = NOW + timedelta(minutes=self.minutes)
        refused = isinstance(self.desk.review(*reviews, now=now).reply, Refused)
        after = self.desk.known
        assert after is not None
        if refused:
            assert after == before and len(self.desk.events) == announced
            return
        assert after.version == before.version + 1
        assert len(self.desk.events) == announced + 2
        for old, new in zip(before.lines, after.lines, strict=True):
            self._moved_lawfully(old, new)

    @rule()
    def approve_the_next_open_line(self) -> None:
        known = self.desk.known
        assert known is not None
        line = next((x for x in known.lines if x.decision in OPEN), None)
        if line is not None:
            self.review([{"line": line.number, "decision": "approved"}])
            assert self.desk.known is not None
            decided = self.desk.known.line(line.number)
            assert decided is not None and decided.decision == "approved"

    def _moved_lawfully(self, old: AuthorizationLine, new: AuthorizationLine) -> None:
        if old != new:
            assert old.decision in OPEN and new.decision != "pending"
        if old.decision in FINAL:
            assert old == new

    @invariant()
    def units_are_within_what_was_asked_for(self) -> None:
        assert self.desk.known is not None
        for line in self.desk.known.lines:
            asked, approved = line.requested_units, line.approved_units
            match line.decision:
                case "approved":
                    assert approved == asked
                case "partly_approved":
                    assert 0 < approved < asked
                case _:
                    assert approved == 0

    @invariant()
    def a_denial_has_its_reason(self) -> None:
        assert self.desk.known is not None
        for line in self.desk.known.lines:
            denied = line.decision == "denied"
            assert denied == (line.denial_reason is not None)
            assert not denied or line.reason
            assert (line.next_step is not None) == (line.denial_reason == "medical_necessity")

    @invariant()
    def the_history_leads_to_the_state(self) -> None:
        happenings = tuple(
            e for e in self.desk.events if isinstance(e, AuthorizationRequested | LinesDecided)
        )
        assert replayed(evolve, happenings) == self.desk.known

    @invariant()
    def the_last_snapshot_is_the_state(self) -> None:
        known, snapshots = self.desk.known, self.desk.snapshots()
        assert known is not None
        assert [s.version for s in snapshots] == list(range(1, known.version + 1))
        assert [(x.number, x.decision, x.approved_units) for x in snapshots[-1].lines] == [
            (x.number, x.decision, x.approved_units) for x in known.lines
        ]


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
