"""CL-03 What can be said of a claim whose shape is broken; it never raises."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.validation import check, check_institutional, check_professional
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.partial import partial
from portal_contracts.shape_errors import LIMIT
from tests.unit.claims import strategies
from tests.unit.claims.builders import TODAY, bill, claim, line, revenue, stay

RUBBISH = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.sampled_from(["-1.00", "0.00", "1234567898", "2026-01-01", "9999-12-31", "111", "0001"]),
    st.lists(st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)


def codes(problems: list[Any]) -> list[str]:
    return [p.code for p in problems]


def test_a_broken_line_hides_neither_its_other_problems_nor_those_of_its_neighbours() -> None:
    data = claim(line(), line()).model_dump(mode="json")
    data["lines"][0] |= {"charge": "ten dollars", "place": "00"}
    data["lines"][1] |= {"units": "0", "modifiers": ["25", "25"]}
    found = check_professional(partial(SubmitProfessionalClaim, data), TODAY)
    assert [(p.code, p.field) for p in found] == [
        ("place_unknown", "lines.0.place"),
        ("units", "lines.1.units"),
        ("modifier_twice", "lines.1.modifiers"),
    ]


def test_a_missing_part_hides_only_the_checks_that_need_it() -> None:
    data = bill(type_of_bill="991", attending=None).model_dump(mode="json")
    del data["statement_from"]
    found = check_institutional(partial(SubmitInstitutionalClaim, data), TODAY)
    assert codes(found) == ["type_of_bill", "attending"]


def test_nothing_readable_is_no_problem_of_the_rules() -> None:
    assert check_professional(partial(SubmitProfessionalClaim, "?"), TODAY) == []
    assert codes(check_institutional(partial(SubmitInstitutionalClaim, {}), TODAY)) == []


def test_the_checks_of_parts_find_what_those_of_the_whole_find() -> None:
    wrong = claim(line(place="00", units="0"), total_charge="1.00", diagnoses=("J069", "J069"))
    assert check_professional(wrong, TODAY) == check(wrong, TODAY)


def test_a_fault_in_a_check_of_a_whole_claim_is_not_swallowed() -> None:
    with pytest.raises(TypeError):
        check(claim(), None)  # type: ignore[arg-type]
    assert check_professional(claim(), None) == []  # type: ignore[arg-type]


def test_a_thousand_wrong_lines_still_fit_into_a_reply() -> None:
    wrong = bill(*[revenue(revenue_code="0001", units="0")] * 999)
    for found in (check(wrong, TODAY), check_institutional(wrong, TODAY)):
        assert len(found) == LIMIT + 1
        assert found[-1].code == "more"


@st.composite
def broken(draw: st.DrawFn, sound: dict[str, Any]) -> dict[str, Any]:
    """A claim in which some fields, at any depth, hold rubbish or are gone."""
    data = dict(sound)
    for name in draw(st.lists(st.sampled_from(sorted(data)), max_size=5, unique=True)):
        value = data[name]
        if draw(st.booleans()):
            data[name] = draw(RUBBISH)
        elif isinstance(value, dict):
            data[name] = draw(broken(value))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            data[name] = [draw(broken(item)) if draw(st.booleans()) else item for item in value]
        else:
            del data[name]
    return data


PROFESSIONAL = claim(
    line(),
    line(
        rendering={"npi": "1234567893"},
        prior_payments=({"payer_id": "F1", "paid": "100.00"},),
        modifiers=("25", "59"),
    ),
    other_payers=(
        {
            "name": "First",
            "payer_id": "F1",
            "sequence": "primary",
            "paid": "100.00",
            "adjudicated_on": date(2026, 2, 20),
            "adjustments": ({"group": "CO", "carc": "45", "amount": "20.00"},),
        },
    ),
    related_to=("auto",),
).model_dump(mode="json")
STAY = stay(procedures=({"code": "0DTJ4ZZ", "on": TODAY},)).model_dump(mode="json")


@strategies.UNHURRIED
@given(broken(PROFESSIONAL))
def test_no_broken_professional_claim_makes_the_checks_raise(data: dict[str, Any]) -> None:
    for problem in check_professional(partial(SubmitProfessionalClaim, data), TODAY):
        assert problem.message and problem.field


@strategies.UNHURRIED
@given(broken(STAY))
def test_no_broken_institutional_claim_makes_the_checks_raise(data: dict[str, Any]) -> None:
    for problem in check_institutional(partial(SubmitInstitutionalClaim, data), TODAY):
        assert problem.message and problem.field


@strategies.UNHURRIED
@given(RUBBISH)
def test_no_rubbish_at_all_makes_the_checks_raise(data: object) -> None:
    check_professional(partial(SubmitProfessionalClaim, data), TODAY)
    check_institutional(partial(SubmitInstitutionalClaim, data), TODAY)
