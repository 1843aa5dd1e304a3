"""Shape errors as problems a biller understands; never a value in them, never an exception."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from portal_contracts.all import load_all
from portal_contracts.base import Asked
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.partial import Partial
from portal_contracts.shape_errors import LIMIT, partial, problems_of
from tests.contracts.shapes import CLAIM, JSON, SECRET, changed, line, only, problems
from tools.contracts import files

GOLDEN = files.golden()


def test_the_claim_of_these_tests_is_valid() -> None:
    assert SubmitProfessionalClaim.model_validate_json(json.dumps(CLAIM)).total_charge == "120.00"


@pytest.mark.parametrize(
    ("data", "code", "field", "box", "message"),
    [
        (
            {k: v for k, v in CLAIM.items() if k != "member_id"},
            "missing",
            "member_id",
            "1a / FL 60",
            "Member ID with suffix (box 1a / FL 60) is missing.",
        ),
        (
            changed(lines=[line(), line(charge="12,00")]),
            "wrong_shape",
            "lines.1.charge",
            "24F",
            "Line 2, charge for the line in dollars (box 24F) does not have the right shape. "
            "Expected: dollars and cents, e.g. 120.00.",
        ),
        (
            changed(lines=[line(from_date="05/01/2026")]),
            "not_a_date",
            "lines.0.from_date",
            "24A",
            "Line 1, first date of service (box 24A) must be a date: YYYY-MM-DD.",
        ),
        (
            changed(patient_account="A" * 39),
            "too_long",
            "patient_account",
            "26 / FL 3a",
            "Patient account number (box 26 / FL 3a) is too long: at most 38 characters.",
        ),
        (
            changed(diagnoses=["J069"] * 13),
            "too_many",
            "diagnoses",
            "21",
            "Diagnoses A to L (box 21) has too many entries: at most 12. "
            "Expected: 3 to 7 letters or digits, no point.",
        ),
        (
            changed(diagnoses=["J069", "J.1"]),
            "wrong_shape",
            "diagnoses.1",
            "21",
            "Diagnosis 2 (box 21) does not have the right shape. "
            "Expected: 3 to 7 letters or digits, no point.",
        ),
        (
            changed(patient={**CLAIM["patient"], "sex": "female"}),
            "not_one_of",
            "patient.sex",
            "3 / FL 11",
            "Sex (box 3 / FL 11) must be one of: F, M or U.",
        ),
        (
            changed(pateint_account="x"),
            "unknown_field",
            "pateint_account",
            None,
            "The field 'pateint_account' is unknown. Check the spelling.",
        ),
        (
            changed(insured={"relationship": "child"}),
            "missing",
            "insured.last_name",
            "4 / FL 58",
            "Insured's last name (box 4 / FL 58) is missing.",
        ),
        (
            changed(patient_account=""),
            "missing",
            "patient_account",
            "26 / FL 3a",
            "Patient account number (box 26 / FL 3a) is missing.",
        ),
    ],
)
def test_each_kind_of_error_says_field_box_and_the_way_out(
    data: object, code: str, field: str, box: str | None, message: str
) -> None:
    problem = only(data)
    assert (problem.code, problem.field, problem.box) == (code, field, box)
    assert problem.message == message


@pytest.mark.parametrize("blank", ["", "   ", "\u00a0", "\t\n"])
def test_a_box_with_only_spaces_is_empty(blank: str) -> None:
    problem = only(changed(patient_account=blank))
    assert (problem.code, problem.field) == ("missing", "patient_account")
    assert problem.message == "Patient account number (box 26 / FL 3a) is missing."


ASKED = {name: m for name, m in files.messages().items() if issubclass(m, Asked)}
REQUIRED = [(n, f) for n, m in ASKED.items() for f, i in m.model_fields.items() if i.is_required()]


@pytest.mark.parametrize(("name", "field"), REQUIRED)
def test_null_in_a_required_field_is_the_field_left_out(name: str, field: str) -> None:
    """It was "must be text in quotation marks", and of a list "must be in square brackets"."""
    body = {key: value for key, value in GOLDEN[name]["full"].items() if key != field}
    (left_out,) = problems(body, ASKED[name])
    assert (left_out.code, left_out.field) == ("missing", field)
    assert problems({**body, field: None}, ASKED[name]) == [left_out]


def test_null_inside_is_missing_too_and_in_an_optional_field_it_is_not() -> None:
    patient = {**CLAIM["patient"], "last_name": None}
    assert only(changed(patient=patient)).message == "Last name (box 2 / FL 8) is missing."
    assert only(changed(patient=None)).message == "Patient (box 2 / FL 8) is missing."
    entry = only(changed(diagnoses=["J069", None]))
    assert (entry.code, entry.field) == ("missing", "diagnoses.1")
    assert only(changed(accept_assignment=None)).code == "not_true_or_false"
    assert only(None).code == "not_an_object"


@pytest.mark.parametrize("amount", ["0120.00", "-0.00", "00.00", "120", "12.5", "1,000.00"])
def test_an_amount_is_written_in_one_way_only(amount: str) -> None:
    """Two texts for one amount were two different claims to the search for duplicates."""
    problem = only(changed(lines=[line(charge=amount)]))
    assert (problem.code, problem.box) == ("wrong_shape", "24F")
    assert problem.message.endswith("Expected: dollars and cents, e.g. 120.00.")


def test_the_277ca_codes_come_from_the_contract() -> None:
    problem = only(changed(billing={**CLAIM["billing"], "npi": "12"}))
    assert problem.status == "A7:562:85"


def test_all_problems_come_at_once() -> None:
    found = problems({"lines": [line(charge="x"), {}], "diagnoses": []})
    fields = {problem.field for problem in found}
    assert {"member_id", "billing", "lines.0.charge", "lines.1.place", "diagnoses"} <= fields


def test_a_list_whose_only_entry_is_wrong_is_not_also_too_short() -> None:
    assert [p.field for p in problems(changed(lines=[line(place="home")]))] == ["lines.0.place"]


def test_a_name_that_could_be_data_is_not_repeated() -> None:
    problem = only(changed(**{"Rivera, Ana 1980-02-03": 1}))
    assert (
        problem.message
        == "The field whose name is not repeated here is unknown. Check the spelling."
    )
    assert problem.field is None


def test_a_flood_of_problems_is_cut_off() -> None:
    found = problems(changed(**{f"extra_{n}": n for n in range(LIMIT + 7)}))
    assert len(found) == LIMIT + 1
    assert found[-1].message.startswith(f"There are more problems than these {LIMIT}.")


MESSAGES = load_all()


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(MESSAGES)), data=JSON)
def test_no_json_makes_it_raise_and_no_value_is_shown(name: str, data: object) -> None:
    model = MESSAGES[name]
    try:
        model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        found = problems_of(model, error)
        assert found
        assert SECRET not in json.dumps([problem.model_dump() for problem in found])
    assert isinstance(partial(model, data), Partial)
