"""DI-01, AP-01: what is taken on file, and about which claims."""

import pytest

from portal_contracts.appeals.events import CaseSubmitted
from portal_contracts.appeals.replies import CaseReceived
from portal_contracts.ids import bucket_of_reference, is_reference
from tests.support.deciding import NOW, problem
from tests.unit.appeals.desk import CLAIM, FOREIGN_TIN, Desk, claim


@pytest.mark.parametrize(("kind", "prefix"), [("dispute", "DSP"), ("appeal", "APL")])
def test_a_case_gets_a_number_that_routes_like_its_claim(kind: str, prefix: str) -> None:
    desk = Desk()
    reply = getattr(desk, kind)().reply
    assert isinstance(reply, CaseReceived)
    assert (reply.kind, reply.claim_number, reply.received_at) == (kind, CLAIM, NOW)
    assert is_reference(prefix, reply.case_number)
    assert bucket_of_reference(reply.case_number) == bucket_of_reference(CLAIM)


def test_everything_submitted_is_announced_and_kept() -> None:
    desk = Desk()
    (event,) = desk.appeal().events
    assert isinstance(event, CaseSubmitted)
    assert (event.statement, event.notes) == ("The service was necessary.", "See the letter.")
    assert (event.adjudication, event.contact.name) == (1, "Front Desk")
    case = desk.cases[event.case_number]
    assert (case.status, case.statement, case.tin) == ("open", event.statement, event.tin)
    (dispute,) = desk.dispute().events
    assert isinstance(dispute, CaseSubmitted)
    assert (dispute.category, dispute.documents) == ("full_denial", ("DOC-1",))


def test_a_claim_nobody_knows_is_refused_with_words() -> None:
    found = problem(Desk(claim=None).dispute())
    assert (found.code, found.field) == ("claim_not_found", "claim_number")
    assert "Explanation of Payment" in found.message


def test_anothers_claim_looks_like_one_nobody_knows() -> None:
    unknown = problem(Desk(claim=None).dispute())
    assert problem(Desk(claim=claim("96", billing_tin=FOREIGN_TIN)).dispute()) == unknown


def test_a_replaced_claim_points_at_its_successor() -> None:
    desk = Desk(claim=claim("96", status="replaced", closed_by="CLM-NEW"))
    found = problem(desk.dispute())
    assert (found.code, "CLM-NEW" in found.message) == ("claim_replaced", True)


def test_nothing_of_a_voided_claim_can_be_contested() -> None:
    desk = Desk(claim=claim("96", status="voided", closed_by="CLM-NEW"))
    assert problem(desk.appeal()).code == "claim_voided"


def test_one_open_case_of_a_kind_per_claim() -> None:
    desk = Desk()
    desk.dispute()
    (first,) = desk.cases
    found = problem(desk.dispute("underpayment"))
    assert found.code == "already_open"
    assert first in found.message
    assert isinstance(desk.appeal().reply, CaseReceived)  # of the other kind: yes
    assert len(desk.cases) == 2


def test_after_the_decision_another_one_can_be_submitted() -> None:
    desk = Desk()
    desk.dispute()
    (first,) = desk.cases
    desk.decide(first, "upheld")
    assert isinstance(desk.dispute().reply, CaseReceived)
    assert len(desk.cases) == 2
