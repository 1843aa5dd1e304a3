"""Whatever is submitted, decided and linked in whatever order: what always holds of the cases."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from appeals.domain.case import Case, evolve
from portal_contracts.appeals.events import CaseDecided, CaseOutcomeLinked
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.common import Refused
from tests.support.histories import replayed
from tests.unit.appeals.desk import Desk, claim

VERDICTS = st.sampled_from(["upheld", "overturned", "partly"])
WAIVERS = st.lists(st.sampled_from(["records", "cob"]), unique=True, max_size=2).map(tuple)


class History(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.desk = Desk(claim=claim("96 N130"))
        self.decided: dict[str, Case] = {}

    @rule()
    def dispute(self) -> None:
        self._submit("dispute")

    @rule()
    def appeal(self) -> None:
        self._submit("appeal")

    def _submit(self, kind: Any) -> None:
        before, was_open = len(self.desk.cases), kind in self.desk.open()
        decision = getattr(self.desk, kind)()
        assert isinstance(decision.reply, Refused) == was_open
        assert len(self.desk.cases) == before + (not was_open)

    @rule(pick=st.integers(0, 50), verdict=VERDICTS, waive=WAIVERS)
    def decide(self, pick: int, verdict: str, waive: tuple[str, ...]) -> None:
        case = self._pick(pick)
        if case is None:
            return
        decision = self.desk.decide(case.case_number, verdict, waive)
        if case.status == "decided" or (verdict == "upheld" and waive):
            assert isinstance(decision.reply, Refused)
            assert not decision.commands and not decision.events
        else:
            assert self.desk.cases[case.case_number].status == "decided"
            assert len(decision.commands) == (verdict != "upheld")
            self.decided[case.case_number] = self.desk.cases[case.case_number]

    @rule(pick=st.integers(0, 50), adjudication=st.integers(2, 5))
    def link(self, pick: int, adjudication: int) -> None:
        case = self._pick(pick)
        if case is not None:
            linked = self.desk.link(case.case_number, adjudication).events
            assert len(linked) == (case.is_overturned and case.outcome is None)

    def _pick(self, pick: int) -> Case | None:
        cases = list(self.desk.cases.values())
        return cases[pick % len(cases)] if cases else None

    @invariant()
    def at_most_one_of_a_kind_is_open(self) -> None:
        open_ones = [c.kind for c in self.desk.cases.values() if c.status == "open"]
        assert len(open_ones) == len(set(open_ones))

    @invariant()
    def a_decided_case_never_changes_but_for_its_outcome(self) -> None:
        for number, then in self.decided.items():
            now = self.desk.cases[number]
            linked = {"outcome": now.outcome, "version": now.version}
            assert now == then.model_copy(update=linked)
            assert now.version == then.version + (now.outcome is not None)

    @invariant()
    def an_overturned_case_ordered_exactly_one_readjudication(self) -> None:
        ordered = [c.reference for c in self.desk.commands if isinstance(c, ReadjudicateClaim)]
        overturned = [c.case_number for c in self.desk.cases.values() if c.is_overturned]
        assert sorted(ordered) == sorted(overturned)

    @invariant()
    def each_history_leads_to_its_state(self) -> None:
        for number, case in self.desk.cases.items():
            history = [e for e in self.desk.events if e.case_number == number]
            assert replayed(evolve, history) == case
            assert [e.version for e in history] == list(range(1, case.version + 1))
            happened = [type(e) for e in history[1:]]
            assert happened in ([], [CaseDecided], [CaseDecided, CaseOutcomeLinked])


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
