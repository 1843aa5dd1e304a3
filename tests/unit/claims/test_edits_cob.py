"""CL-17.6 Another insurance pays first, and what of its decision is missing (2.6)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.claims.builders import (
    DAY,
    PAYER,
    bill,
    claim,
    codes,
    denied,
    facts,
    line,
    member,
    policy,
)

ONE = timedelta(days=1)


@pytest.mark.parametrize(
    ("payers", "remark"),
    [
        ((), "MA04"),
        ((PAYER,), "MA92"),
        (({**PAYER, "policy_number": "P1"},), "N479"),
        (({**PAYER, "payer_id": "F1"},), "N479"),
    ],
)
def test_without_the_first_payers_decision_the_remark_says_what_is_missing(
    payers: Any, remark: str
) -> None:
    known = facts(member=member(cob=(policy(),)))
    assert denied(claim(other_payers=payers), known) == [f"CO-22 {remark}"]


@pytest.mark.parametrize(
    "other",
    [
        policy(end=DAY - ONE),
        policy(start=DAY + ONE),
        policy(primary=False),
        policy(insurance_type="medicaid"),
        policy(insurance_type="auto"),
        policy(insurance_type="workers_comp"),
    ],
)
def test_insurance_that_does_not_pay_first_changes_nothing(other: Any) -> None:
    assert codes(claim(), facts(member=member(cob=(other,))))[0] == "CO-45"
    assert codes(bill(), facts(member=member(cob=(other,))))[0] == "CO-45"


@pytest.mark.parametrize("end", [None, DAY])
def test_insurance_pays_first_until_its_last_day(end: date | None) -> None:
    assert codes(claim(), facts(member=member(cob=(policy(end=end),)))) == ["CO-22 MA04"]


def test_auto_insurance_pays_first_for_an_auto_accident() -> None:
    known = facts(member=member(cob=(policy(insurance_type="auto"),)))
    cmd = claim(related_to=("auto",), accident_state="OH", onset=DAY)
    assert codes(cmd, known) == ["CO-22 MA04"]
    work = facts(member=member(cob=(policy(insurance_type="workers_comp"),)))
    assert codes(claim(related_to=("employment",)), work) == ["CO-22 MA04"]


SECOND: dict[str, Any] = {"name": "Second", "payer_id": "F2", "sequence": "secondary"}
FIRST_PAID: dict[str, Any] = {**PAYER, "payer_id": "F1", "paid": "60.00"}


@pytest.mark.parametrize(
    ("policies", "payers", "expected"),
    [
        (1, (FIRST_PAID,), "OA-23"),
        (1, (FIRST_PAID, SECOND), "OA-23"),
        (1, ({**FIRST_PAID, "paid": None}, {**SECOND, "paid": "60.00"}), "CO-22 N4"),
        (2, (FIRST_PAID,), "CO-22 MA64"),
        (2, (FIRST_PAID, SECOND), "CO-22 MA64"),
        (2, (FIRST_PAID, {**SECOND, "paid": "10.00"}), "OA-23"),
    ],
)
def test_everybody_before_us_must_have_decided(policies: int, payers: Any, expected: str) -> None:
    cob = tuple(policy(policy_id=f"COB-{n}") for n in range(policies))
    assert expected in codes(claim(other_payers=payers), facts(member=member(cob=cob)))


def test_a_payers_figures_on_the_lines_are_its_decision() -> None:
    row = line(prior_payments=({"payer_id": "F1", "paid": "60.00"},))
    cmd = claim(row, other_payers=({**FIRST_PAID, "paid": None},))
    assert "OA-23" in codes(cmd, facts(member=member(cob=(policy(),))))
    assert "OA-23" in codes(claim(row), facts(member=member(cob=(policy(),))))


def test_a_first_payer_that_paid_nothing_has_decided_too() -> None:
    known = facts(member=member(cob=(policy(),)))
    assert codes(claim(other_payers=({**PAYER, "paid": "0.00"},)), known) == ["CO-45", "PR-3"]
