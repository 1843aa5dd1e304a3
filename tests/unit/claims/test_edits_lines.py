"""CL-17.8 to 10: the edits of a line: records, patient and place, what is not covered."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from claims.domain.facts import ReleasedRecord
from claims.domain.rules.edits.code_fit import years_between
from portal_contracts.claims.commands import SubmitProfessionalClaim
from tests.unit.claims.builders import (
    BORN,
    DAY,
    PATIENT,
    TIN,
    adjudicated,
    bill,
    claim,
    codes,
    denied,
    facts,
    line,
    reasons,
    revenue,
    ruled,
    why,
)

ONE = timedelta(days=1)
KNEE = line(procedure="29881", charge="1000.00")
RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC).date()


def test_records_are_asked_for_with_the_remark_of_the_rule() -> None:
    assert denied(claim(KNEE)) == ["CO-252 N706"]
    assert denied(claim(line(procedure="58571", charge="2000.00"))) == ["CO-252 M127"]


def test_only_the_line_that_needs_records_is_denied() -> None:
    found = adjudicated(claim(line(), KNEE))
    assert found.status == "paid"
    assert [row.paid == "0.00" for row in found.lines] == [False, True]


@pytest.mark.parametrize(
    ("record", "serves"),
    [
        (ReleasedRecord("DOC-1", TIN, RECEIVED, claim_number="CLM-OTHER"), False),
        (ReleasedRecord("DOC-1", TIN, RECEIVED), False),
        (ReleasedRecord("DOC-1", TIN, RECEIVED, service_date=DAY), True),
        (ReleasedRecord("DOC-1", TIN, RECEIVED - ONE, service_date=DAY), True),
        (ReleasedRecord("DOC-1", TIN, RECEIVED + ONE, service_date=DAY), False),
        (ReleasedRecord("DOC-1", TIN, RECEIVED, service_date=DAY + ONE), False),
        (ReleasedRecord("DOC-9", TIN, RECEIVED + ONE, claim_number="CLM-OTHER"), True),
    ],
)
def test_records_without_claim_number_serve_only_claims_received_after_them(
    record: ReleasedRecord, serves: bool
) -> None:
    cmd = claim(KNEE, documents=("DOC-9",))
    assert (codes(cmd, facts(records=(record,))) != ["CO-252 N706"]) is serves


@pytest.mark.parametrize(("tin", "serves"), [(TIN, True), ("", True), ("987654321", False)])
@pytest.mark.parametrize("documents", [(), ("DOC-1",)])
def test_a_record_serves_when_the_claims_own_tax_id_or_the_plan_sent_it(
    tin: str, serves: bool, documents: tuple[str, ...]
) -> None:
    """Also where the claim names it: who sent it is what counts."""
    record = ReleasedRecord("DOC-1", tin, RECEIVED, service_date=DAY)
    found = codes(claim(KNEE, documents=documents), facts(records=(record,)))
    assert (found != ["CO-252 N706"]) is serves


# 9 code against age, sex, place


@pytest.mark.parametrize(
    ("row", "patient", "expected"),
    [
        (line(procedure="99396", charge="150.00"), {}, "CO-45"),
        (line(procedure="99395"), {}, "CO-6"),
        (line(procedure="99397"), {}, "CO-6"),
        (line(procedure="59400", charge="3000.00"), {"sex": "F"}, "CO-45"),
        (line(procedure="59400", charge="3000.00"), {"sex": "M"}, "CO-7"),
        (line(procedure="59400", charge="3000.00"), {"sex": "U"}, "CO-45"),
        (line(procedure="55250", charge="900.00"), {"sex": "F"}, "CO-7"),
        (line(procedure="99283", place="23"), {}, "CO-45"),
        (line(procedure="99283", place="11"), {}, "CO-5"),
    ],
)
def test_the_code_fits_patient_and_place(row: Any, patient: Any, expected: str) -> None:
    assert codes(claim(row, patient={**PATIENT, **patient}))[0] == expected


def test_a_bill_names_no_place() -> None:
    assert codes(bill(revenue(revenue_code="0450", procedure="99283")))[0] != "CO-5"


def test_every_reason_of_a_line_is_told_and_the_first_takes_the_charge() -> None:
    found = why(claim(line(procedure="58571"), patient={**PATIENT, "sex": "M"}))
    assert found == [("CO", "252", "120.00", ("M127",)), ("CO", "7", "0.00", ())]


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2026, 2, 2), 45), (date(2026, 2, 3), 46), (date(2026, 12, 31), 46), (BORN, 0)],
)
def test_age_is_in_whole_years(day: date, age: int) -> None:
    assert years_between(BORN, day) == age


# 10 non-covered


def test_an_excluded_service_is_not_covered() -> None:
    assert denied(claim(line(procedure="S9970"))) == ["CO-96 N130"]


def test_a_bundled_service_is_not_paid_by_itself() -> None:
    assert denied(claim(line(procedure="99070"))) == ["CO-97 M15"]


def test_a_code_without_any_price_is_not_covered() -> None:
    strict = ruled(facts(), prices={"unlisted_share": None})
    assert denied(claim(line(procedure="12345")), strict) == ["CO-96 N130"]
    assert codes(claim(line(procedure="12345")))[0] == "CO-45"


def test_a_denied_line_without_charge_still_says_why() -> None:
    cmd: SubmitProfessionalClaim = claim(line(), line(procedure="S9970", charge="0.00"))
    assert reasons(adjudicated(cmd).lines[1]) == [("CO", "96", "0.00", ("N130",))]
