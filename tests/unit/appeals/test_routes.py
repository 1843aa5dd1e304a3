"""What messages of one batch see of each other."""

from typing import Any

from appeals.facts import CLAIMS
from appeals.routes import ROUTES
from appeals.store import OPEN_CASES
from portal_contracts.appeals.commands import DecideCase, LinkOutcome
from portal_contracts.appeals.replies import CaseReceived
from portal_contracts.base import Message
from portal_contracts.common import Role
from portal_runtime.domain.decision import Decision
from portal_runtime.tables import View
from tests.support.deciding import NOW, problem
from tests.unit.appeals.desk import CLAIM, appeal_form, claim, context, dispute_form


class Batch:
    """Loads what each route needs from what is stored; a later message sees earlier saves."""

    def __init__(self, stored: dict[Any, dict[str, Any]]) -> None:
        self.stored, self.view, self.messages = stored, View(), 0

    def run(self, message: Message, role: Role = "provider") -> Decision:
        self.messages += 1
        ctx, route = context(role, self.messages), ROUTES.deciding[message.TYPE]
        assert message.KIND == "event" or role in route.grants
        self._load(route.needs(message, ctx))
        if route.then is not None:
            self._load(route.then(message, self.view, ctx))
        decision = route.decide(message, self.view, ctx)
        for save in decision.saves:
            self.view.put(save.table, save.key, save.value)
        return decision

    def _load(self, needs: Any) -> None:
        for table, key in needs:
            self.view.loaded(table, [key], self.stored.get(table, {}))


def test_the_second_dispute_of_a_batch_sees_the_first() -> None:
    batch = Batch({CLAIMS: {CLAIM: claim("96")}})
    first = batch.run(dispute_form()).reply
    assert isinstance(first, CaseReceived)
    assert first.case_number in problem(batch.run(dispute_form())).message
    assert isinstance(batch.run(appeal_form()).reply, CaseReceived)


def test_an_open_case_of_an_earlier_batch_is_seen() -> None:
    stored: dict[Any, dict[str, Any]] = {
        CLAIMS: {CLAIM: claim("96")},
        OPEN_CASES: {CLAIM: {"dispute": "DSP-1"}},
    }
    assert "DSP-1" in problem(Batch(stored).run(dispute_form())).message


def test_decided_and_submitted_again_in_one_batch() -> None:
    batch = Batch({CLAIMS: {CLAIM: claim("96")}})
    first = batch.run(dispute_form()).reply
    assert isinstance(first, CaseReceived)
    decide = DecideCase(case_number=first.case_number, verdict="upheld", reason="Because.")
    batch.run(decide, "plan_staff")
    second = batch.run(dispute_form()).reply
    assert isinstance(second, CaseReceived) and second.case_number != first.case_number


def test_the_outcome_of_an_old_case_does_not_close_the_one_that_is_open() -> None:
    """Otherwise a third dispute would be accepted beside the second (found by tests/model)."""
    batch = Batch({CLAIMS: {CLAIM: claim("96")}})
    first = batch.run(dispute_form()).reply
    assert isinstance(first, CaseReceived)
    decide = DecideCase(case_number=first.case_number, verdict="overturned", reason="Because.")
    batch.run(decide, "plan_staff")
    second = batch.run(dispute_form()).reply
    assert isinstance(second, CaseReceived)
    outcome: dict[str, Any] = {"adjudication": 2, "status": "paid", "paid": "80.00", "at": NOW}
    link = LinkOutcome(case_number=first.case_number, claim_number=CLAIM, **outcome)
    assert batch.run(link, "service").events
    assert second.case_number in problem(batch.run(dispute_form())).message
