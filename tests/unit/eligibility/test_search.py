"""EL-01, EL-02: who is meant, and what is wrong with a search."""

from typing import Any

import pytest

from eligibility.domain import ids, search
from eligibility.domain.names import searchable
from portal_contracts.eligibility.queries import FindMembers


def problems(**values: Any) -> dict[str, str | None]:
    found = search.problems_of(FindMembers.model_validate(values))
    return {problem.code: problem.field for problem in found}


def test_without_suffix_the_subscriber_is_meant_and_with_it_the_family_member() -> None:
    assert ids.meant_by("10000000001")[0] == "10000000001-00"
    assert ids.meant_by("10000000001-03") == ("10000000001-03",)


def test_an_id_that_never_had_a_suffix_is_found_too() -> None:
    assert "JS00111223333" in ids.meant_by("JS00111223333")


def test_small_letters_are_as_good_as_capital_ones() -> None:
    assert ids.meant_by("js001-02") == ("js001-02", "JS001-02")


def test_the_suffix_is_what_a_family_shares_not() -> None:
    assert ids.base_of("10000000001-03") == "10000000001"
    assert ids.subscriber_of("10000000001-03") == "10000000001-00"
    assert ids.subscriber_of("A1") == "A1-00"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("O'Brien-Núñez", "obriennunez"),
        ("  DE LA CRUZ ", "delacruz"),
        ("Straße", "strasse"),
        ("-", ""),
    ],
)
def test_names_are_compared_by_their_letters(typed: str, kept: str) -> None:
    assert searchable(typed) == kept


@pytest.mark.parametrize(
    "one_way",
    [
        {"member_ids": ["A1"]},
        {"medicaid_ids": ["A1", "A2"]},
        {"case_number": "C-1"},
        {"last_name": "Example", "date_of_birth": "1980-05-17"},
        {"last_name": "Example", "first_name": "A", "date_of_birth": "1980-05-17"},
    ],
)
def test_each_way_of_searching_alone_is_enough(one_way: dict[str, Any]) -> None:
    assert problems(**one_way) == {}


def test_none_or_two_ways_are_refused() -> None:
    assert problems() == {"one_way": None}
    assert problems(member_ids=["A1"], case_number="C-1") == {"one_way": None}
    assert problems(medicaid_ids=["A1"], last_name="Example") == {"one_way": None}


def test_a_name_needs_a_date_of_birth_and_letters() -> None:
    assert problems(last_name="Example") == {"name_search_incomplete": "date_of_birth"}
    assert problems(date_of_birth="1980-05-17") == {"name_search_incomplete": "last_name"}
    assert problems(last_name="-", date_of_birth="1980-05-17") == {
        "name_search_incomplete": "last_name"
    }


def test_bad_ids_are_listed_with_their_position_and_the_others_remain() -> None:
    good, bad = search.readable(("A1", "what is this?", "A1", "", "A\x002", "B2"), "Member ID")
    assert good == {"A1": 1, "B2": 6}
    assert [unanswered.position for unanswered in bad] == [2, 4, 5]
    assert {unanswered.problem.code for unanswered in bad} == {"wrong_shape"}


def test_a_thousand_ids_are_taken_and_one_more_is_not() -> None:
    FindMembers(member_ids=tuple(f"A{n}" for n in range(1000)))
    with pytest.raises(ValueError, match="at most 1000"):
        FindMembers(member_ids=tuple(f"A{n}" for n in range(1001)))
