"""Dates, times, counts and yes or no are read as they are written and as nothing else."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from portal_contracts.appeals.commands import LinkOutcome
from portal_contracts.auth.commands import DecideLines
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.parts import Patient
from portal_contracts.claims.queries import SearchClaims
from portal_contracts.common import Problem
from portal_contracts.eligibility.commands import CobContent, EnrollMember
from portal_contracts.eligibility.parts import PrimaryCareProvider
from portal_contracts.eligibility.queries import FindMembers
from portal_contracts.shape_errors import partial, problems_of

DAY = "2026-01-05"
PERSON: dict[str, Any] = {"last_name": "Rivera", "date_of_birth": "1980-02-03", "sex": "F"}
MEMBER: dict[str, Any] = {"member_id": "M100-00", **PERSON}
OUTCOME = {"case_number": "DSP-1", "claim_number": "CLM-1", "status": "paid", "paid": "1.00"}
TIMES = {"adjudication": 1, "at": "2026-01-05T14:30:00Z"}


def only(model: type[BaseModel], data: dict[str, Any]) -> Problem:
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(json.dumps(data))
    (problem,) = problems_of(model, caught.value)
    return problem


@pytest.mark.parametrize("day", [0, "0", 31536000.0, "31536000", "1980-02-03T00:00:00", True, ""])
def test_a_number_is_no_date(day: object) -> None:
    """It was 1970-01-01: a member was enrolled, a COB policy added, a claim paid."""
    problem = only(EnrollMember, {**MEMBER, "date_of_birth": day})
    assert (problem.code, problem.field) == ("not_a_date", "date_of_birth")
    assert problem.message == "Date of birth (box 3 / FL 10) must be a date: YYYY-MM-DD."
    problem = only(Patient, {**PERSON, "date_of_birth": day})
    assert (problem.code, problem.box) == ("not_a_date", "3 / FL 10")


@pytest.mark.parametrize("day", [0, "0", 31536000.0])
def test_the_rules_see_no_date_in_a_number_either(day: object) -> None:
    parts = partial(SubmitProfessionalClaim, {"patient": {**PERSON, "date_of_birth": day}})
    assert parts.patient.sex == "F"
    with pytest.raises(AttributeError):
        _ = parts.patient.date_of_birth


@pytest.mark.parametrize("day", ["0001-01-01", "1780-02-03", "1879-12-31"])
@pytest.mark.parametrize(
    ("model", "data"),
    [(EnrollMember, MEMBER), (Patient, PERSON), (FindMembers, {"last_name": "Rivera"})],
)
def test_nobody_was_born_in_another_century(
    model: type[BaseModel], data: dict[str, Any], day: str
) -> None:
    problem = only(model, {**data, "date_of_birth": day})
    assert (problem.code, problem.field) == ("date_too_early", "date_of_birth")
    assert "must be January 1, 1880 or a later day." in problem.message


@pytest.mark.parametrize(
    "at", [0, "0", "2026-01-05", "2026-01-05T14:30:00", "2026-01-05 14:30:00Z"]
)
def test_a_time_has_a_date_a_t_and_a_zone(at: object) -> None:
    problem = only(LinkOutcome, {**OUTCOME, **TIMES, "at": at})
    assert (problem.code, problem.field) == ("not_a_time", "at")


@pytest.mark.parametrize("count", ["1", True, 1.5, 2.0**53])
def test_a_count_is_a_whole_number(count: object) -> None:
    problem = only(LinkOutcome, {**OUTCOME, **TIMES, "adjudication": count})
    assert (problem.code, problem.field) == ("not_a_number", "adjudication")


def test_a_count_out_of_range_says_the_range() -> None:
    assert only(SearchClaims, {"limit": 501.0}).message == "Rows on the page must be at most 500."
    review = {"line": 0, "decision": "approved"}
    problem = only(DecideLines, {"authorization_number": "AUTH-1", "reviews": [review]})
    assert (problem.code, problem.field) == ("too_low", "reviews.0.line")


def test_a_whole_number_may_be_written_with_a_point() -> None:
    """JSON Schema knows no difference between 50 and 50.0, and some languages write the latter."""
    found = SearchClaims.model_validate_json('{"limit": 50.0}')
    assert found.limit == 50 and isinstance(found.limit, int)


@pytest.mark.parametrize("answer", [1, "true", "yes", 0.0])
def test_true_is_true_alone(answer: object) -> None:
    cob = {"carrier": "Acme", "policy_number": "P1", "holder_name": "Ana Rivera"}
    about = {"member_id": "M100-00", "relationship": "self", "insurance_type": "commercial"}
    data = {**cob, **about, "start": "2026-01-01", "primary": answer}
    problem = only(CobContent, data)
    assert (problem.code, problem.field) == ("not_true_or_false", "primary")


def test_spaces_around_a_text_are_removed_and_nothing_else_is_no_text() -> None:
    assert PrimaryCareProvider.model_validate_json('{"name": " Dr. Ito\\u00a0"}').name == "Dr. Ito"
    assert only(PrimaryCareProvider, {"name": " \u3000"}).message == "PCP's name is missing."
    assert only(PrimaryCareProvider, {"name": "Ito\t"}).code == "wrong_shape"
    assert only(PrimaryCareProvider, {"name": "x" * 81}).code == "too_long"


def test_in_python_a_day_and_a_moment_may_be_given_as_such() -> None:
    person = Patient(last_name="Rivera", date_of_birth=date(1980, 2, 3), sex="F")
    assert person == Patient.model_validate(PERSON)
    now = datetime(2026, 1, 5, 14, 30, tzinfo=UTC)
    made = LinkOutcome.model_validate({**OUTCOME, **TIMES, "at": now})
    assert made == LinkOutcome.model_validate({**OUTCOME, **TIMES})
    for wrong in (now, 0, 0.0, "0"):
        with pytest.raises(ValidationError):
            Patient.model_validate({**PERSON, "date_of_birth": wrong})
    with pytest.raises(ValidationError):
        LinkOutcome.model_validate({**OUTCOME, **TIMES, "at": now.replace(tzinfo=None)})
