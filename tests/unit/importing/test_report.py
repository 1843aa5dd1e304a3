"""What is said about each claim, the totals, and the arithmetic."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal_cli.importing.balance import balances
from portal_cli.importing.report import Totals, claim_line
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import Adjustment, LineOutcome
from portal_contracts.claims.replies import ClaimAccepted, ClaimDetails, ClaimRejected, ClaimSummary
from portal_contracts.common import Parked, Problem, Refused

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = date(2026, 9, 1)
NPI_WRONG = Problem(code="npi_check_digit", message="Wrong digit.", status="A7:562:85")
NO_STATUS = Problem(code="missing", message="Name is missing.")


def _accepted(status: Any = "paid") -> ClaimAccepted:
    return ClaimAccepted(
        claim_number="CLM-1",
        status=status,
        paid="80.00",
        patient_responsibility="20.00",
        patient_account="A",
    )


def _details(**changes: Any) -> ClaimDetails:
    line = {
        "number": 1,
        "charge": "120.00",
        "allowed": "100.00",
        "paid": "80.00",
        "adjustments": (
            Adjustment(group="CO", carc="45", amount="20.00"),
            Adjustment(group="PR", carc="2", amount="20.00", rarcs=("N130",)),
        ),
    }
    line |= changes.pop("line", {})
    outcome = {
        "claim_number": "CLM-1",
        "version": 1,
        "adjudication": 1,
        "status": "paid",
        "form": "professional",
        "member_id": "M1",
        "patient_account": "A",
        "billing_tin": "311234567",
        "billing_npi": "1234567893",
        "service_from": DAY,
        "service_to": DAY,
        "received_at": NOW,
        "total_charge": "120.00",
        "paid": "80.00",
        "patient_responsibility": "20.00",
        "lines": (LineOutcome(**line),),
        "rule_set": "1",
        "cause": "submitted",
    }
    summary = ClaimSummary.model_validate({**outcome, "changed_at": NOW})
    return ClaimDetails(
        summary=summary,
        adjudications=changes.pop("adjudications", (ClaimAdjudicated(**(outcome | changes)),)),
        as_of=NOW,
    )


def test_a_claim_that_adds_up() -> None:
    assert balances(_details())


@pytest.mark.parametrize(
    "changes",
    [
        {"line": {"paid": "80.01"}},
        {"line": {"charge": "119.99"}},
        {"paid": "79.99"},
        {"total_charge": "120.01"},
        {"patient_responsibility": "0.00"},
        {"adjudications": ()},
    ],
)
def test_a_claim_that_does_not_add_up(changes: dict[str, Any]) -> None:
    assert not balances(_details(**changes))


def test_lines_for_people() -> None:
    assert (
        claim_line("f:1", "A", _accepted()).text
        == "CLM-1 paid, plan pays 80.00, patient owes 20.00"
    )
    denied = claim_line("f:1", "A", _accepted("denied"), _details())
    assert denied.text == "CLM-1 denied CO-45, PR-2 N130, plan pays 80.00, patient owes 20.00"
    rejected = ClaimRejected(claim_number="CLM-2", problems=(NPI_WRONG,), patient_account="A")
    listed = claim_line("f:1", "A", rejected)
    assert (listed.result, listed.text) == (
        "rejected",
        "CLM-2 [A7:562:85 npi_check_digit] Wrong digit.",
    )
    refused = claim_line("f:1", "A", Refused(problems=(NPI_WRONG, NO_STATUS)))
    assert refused.text == ("[A7:562:85 npi_check_digit] Wrong digit. · [missing] Name is missing.")


def test_no_answer_and_a_fault_on_our_side_are_failures() -> None:
    assert claim_line("f:1", "A", None).result == "failed"
    too_large = claim_line("f:1", "A", None, fault="MessageSizeTooLargeError")
    assert too_large.text == "could not be sent: MessageSizeTooLargeError"
    parked = claim_line("f:1", "A", Parked(reference="R-1", message="Call us."))
    assert (parked.result, parked.text) == ("failed", "parked as R-1: Call us.")


def _totals(*replies: Any) -> Totals:
    totals = Totals(files=1)
    for reply in replies:
        details = _details() if isinstance(reply, ClaimAccepted) else None
        totals.count(claim_line("f:1", "A", reply, details), reply, details)
    return totals


def test_totals_for_machines() -> None:
    refused = Refused(problems=(NPI_WRONG, NO_STATUS, NO_STATUS))
    figures = _totals(_accepted(), refused, refused, None).figures()
    assert figures == {
        "files": 1,
        "unreadable": 0,
        "claims": 4,
        "accepted": 1,
        "rejected": 2,
        "failed": 1,
        "balanced": 1,
        "unbalanced": [],
        "statuses": {"paid": 1},
        "reasons": {"npi_check_digit": 2, "missing": 2},
    }


def test_good_means_everything_answered_and_in_balance() -> None:
    assert _totals(_accepted(), Refused(problems=(NO_STATUS,))).good
    assert not _totals(_accepted(), None).good
    assert not _totals().good, "nothing was readable"
    unbalanced = Totals()
    unbalanced.count(claim_line("f:1", "A", _accepted()), _accepted(), None)
    assert not unbalanced.good
    assert unbalanced.unbalanced == ["CLM-1"]


def test_a_lost_connection_fails_what_is_left() -> None:
    totals = _totals(_accepted())
    totals.give_up(5)
    assert (totals.claims, totals.results["failed"], totals.good) == (5, 4, False)
