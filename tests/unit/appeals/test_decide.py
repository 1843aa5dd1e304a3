"""DI-05, AP-05: the decision and what follows from it."""

import pytest

from appeals.domain.decide import outcome_link
from portal_contracts.appeals.commands import LinkOutcome
from portal_contracts.appeals.events import CaseDecided, CaseOutcomeLinked
from portal_contracts.appeals.replies import CaseState
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.events import ClaimAdjudicated
from tests.support.deciding import NOW, problem
from tests.unit.appeals.desk import CLAIM, Desk, claim, context


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.dispute()
    return desk


def number_of(desk: Desk, kind: str = "dispute") -> str:
    return next(case.case_number for case in desk.cases.values() if case.kind == kind)


@pytest.mark.parametrize("verdict", ["overturned", "partly"])
@pytest.mark.parametrize("kind", ["dispute", "appeal"])
def test_overturned_has_the_claim_adjudicated_again(kind: str, verdict: str) -> None:
    desk = Desk()
    getattr(desk, kind)()
    decision = desk.decide(number_of(desk, kind), verdict, waive=("records", "timely_filing"))
    assert decision.commands == (
        ReadjudicateClaim(
            claim_number=CLAIM,
            cause=f"{kind}_overturned",
            reference=number_of(desk, kind),
            waive=("records", "timely_filing"),
        ),
    )
    assert decision.reply == CaseState(
        case_number=number_of(desk, kind),
        status="decided",
        verdict=verdict,
        readjudication_ordered=True,
    )


def test_upheld_leaves_the_claim_as_it_is(desk: Desk) -> None:
    decision = desk.decide(number_of(desk), "upheld")
    assert decision.commands == ()
    (event,) = decision.events
    assert isinstance(event, CaseDecided)
    assert (event.verdict, event.reason, event.by, event.at) == ("upheld", "Because.", "user", NOW)


def test_a_decision_is_final(desk: Desk) -> None:
    desk.decide(number_of(desk), "upheld")
    assert problem(desk.decide(number_of(desk), "overturned")).code == "already_decided"
    assert desk.commands == []


def test_an_upheld_decision_sets_nothing_aside(desk: Desk) -> None:
    found = problem(desk.decide(number_of(desk), "upheld", waive=("records",)))
    assert (found.code, found.field) == ("waive_without_effect", "waive")


def test_a_claim_that_was_replaced_meanwhile_cannot_be_adjudicated_again(desk: Desk) -> None:
    desk.claim = claim("96", status="replaced", closed_by="CLM-NEW")
    assert problem(desk.decide(number_of(desk), "overturned")).code == "claim_closed_meanwhile"
    assert isinstance(desk.decide(number_of(desk), "upheld").reply, CaseState)


def test_a_number_nobody_knows_is_refused() -> None:
    assert problem(Desk().decide("DSP-NONE", "upheld")).code == "case_not_found"


def adjudicated(reference: str, cause: str = "dispute_overturned") -> ClaimAdjudicated:
    return ClaimAdjudicated.model_validate(
        {
            "claim_number": CLAIM,
            "version": 2,
            "adjudication": 2,
            "status": "paid",
            "form": "professional",
            "member_id": "M000000001-00",
            "patient_account": "A1",
            "billing_tin": "111222333",
            "billing_npi": "1234567893",
            "service_from": "2026-01-15",
            "service_to": "2026-01-15",
            "received_at": NOW,
            "total_charge": "100.00",
            "paid": "80.00",
            "patient_responsibility": "0.00",
            "lines": [],
            "rule_set": "t",
            "cause": cause,
            "cause_reference": reference,
        }
    )


def test_the_new_outcome_is_linked(desk: Desk) -> None:
    number = number_of(desk)
    desk.decide(number, "overturned")
    (command,) = outcome_link(adjudicated(number), context("service"))
    assert command == LinkOutcome(
        case_number=number, claim_number=CLAIM, adjudication=2, status="paid", paid="80.00", at=NOW
    )
    (event,) = desk.link(number).events
    assert isinstance(event, CaseOutcomeLinked)
    outcome = desk.cases[number].outcome
    assert outcome is not None and (outcome.adjudication, outcome.paid) == (2, "80.00")


@pytest.mark.parametrize(
    ("reference", "cause"),
    [
        ("", "submitted"),
        ("{case}", "cob_changed"),
        ("COB-1", "dispute_overturned"),
        ("DSP-0000000000000000", "dispute_overturned"),
    ],
)
def test_other_adjudications_are_none_of_our_business(
    desk: Desk, reference: str, cause: str
) -> None:
    event = adjudicated(reference.format(case=number_of(desk)), cause)
    assert outcome_link(event, context("service")) == ()


def test_only_what_the_decision_caused_is_linked_and_once(desk: Desk) -> None:
    number = number_of(desk)
    assert desk.link(number).events == ()  # not decided
    desk.decide(number, "overturned")
    assert desk.link(number, claim_number="CLM-OTHER").events == ()
    assert len(desk.link(number).events) == 1
    assert desk.link(number, adjudication=3).events == ()
    assert desk.link("DSP-NONE").events == ()


def test_an_upheld_case_has_no_new_outcome(desk: Desk) -> None:
    desk.decide(number_of(desk), "upheld")
    assert desk.link(number_of(desk)).events == ()
