"""CL-23 Every day has one rule set in force; corrections count as known then, or as known now."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.rules.editions import Correction, Edition
from claims.domain.rules.load import rule_book
from claims.domain.rules.rule_book import RuleBook, RuleBookError
from claims.settings import ClaimsSettings
from tests.support.rule_sets import fees, folder_of
from tests.unit.claims.builders import IN_FORCE

ONE = timedelta(days=1)
OLD, NEW = date(2024, 10, 1), date(2025, 10, 1)
"""When they are published."""
NEW_YEAR = date(2026, 1, 1)
FIX = date(2026, 4, 15)


def edition(version: str, first: date | None = None, last: date | None = None) -> Edition:
    return Edition(replace(IN_FORCE, version=version), OLD, first, last)


def correction(
    version: str, first: date | None = None, last: date | None = None, **values: Any
) -> Correction:
    rules = replace(IN_FORCE, version=version)
    rules = replace(rules, prices=replace(rules.prices), edits=replace(rules.edits, codes={}))
    made = Correction(rules, FIX, first, last, "new", frozenset({"prices"}))
    return replace(made, **values)


OLD_ONE, NEW_ONE = edition("old", None, NEW_YEAR - ONE), edition("new", NEW_YEAR, None)
FIXED = correction("fix", NEW_YEAR, date(2026, 3, 31))


def version(book: RuleBook, day: date, received_on: date = date.max) -> str:
    return book.in_force(day, received_on).version


def test_both_ends_of_a_rule_sets_days_are_its_own() -> None:
    book = RuleBook([NEW_ONE, OLD_ONE])
    days = (date.min, NEW_YEAR - ONE, NEW_YEAR, date.max)
    assert [version(book, day) for day in days] == ["old", "old", "new", "new"]


@given(st.dates(), st.dates())
def test_without_corrections_the_day_of_receipt_decides_nothing(day: date, received: date) -> None:
    book = RuleBook([OLD_ONE, NEW_ONE])
    assert version(book, day, received) == ("old" if day < NEW_YEAR else "new")


# corrections


def test_a_claim_received_since_is_decided_by_all_of_a_correction() -> None:
    book = RuleBook([OLD_ONE, NEW_ONE, FIXED])
    assert book.in_force(NEW_YEAR, FIX) is FIXED.rules
    assert version(book, date(2026, 3, 31), FIX + ONE) == "fix"


def test_a_claim_received_before_keeps_what_was_known_but_for_retroactive_parts() -> None:
    rules = RuleBook([OLD_ONE, NEW_ONE, FIXED]).in_force(NEW_YEAR, FIX - ONE)
    assert rules.version == "new with prices of fix"
    assert rules.prices is FIXED.rules.prices
    assert rules.edits is NEW_ONE.rules.edits


def test_a_correction_touches_its_own_days_only() -> None:
    book = RuleBook([OLD_ONE, NEW_ONE, FIXED])
    assert version(book, NEW_YEAR - ONE) == "old"
    assert version(book, date(2026, 4, 1)) == "new"


def test_without_retroactive_parts_earlier_claims_are_left_alone() -> None:
    ahead = replace(FIXED, retroactive=frozenset())
    book = RuleBook([OLD_ONE, NEW_ONE, ahead])
    assert [version(book, NEW_YEAR, day) for day in (FIX - ONE, FIX)] == ["new", "fix"]


def test_of_two_corrections_the_later_counts_and_keeps_what_it_does_not_name() -> None:
    again = correction("again", NEW_YEAR, None, published_on=FIX + ONE)
    again = replace(again, retroactive=frozenset({"edits", "business"}))
    book = RuleBook([again, OLD_ONE, NEW_ONE, FIXED])
    early, between, late = (book.in_force(NEW_YEAR, FIX + n * ONE) for n in (-1, 0, 1))
    assert early.version == "new with prices of fix with business and edits of again"
    assert (early.prices, early.edits) == (FIXED.rules.prices, again.rules.edits)
    assert between.version == "fix with business and edits of again"
    assert late is again.rules


def test_what_is_published_later_is_not_known_yet() -> None:
    book = RuleBook([OLD_ONE, NEW_ONE, FIXED])
    assert book.known_on(FIX) is book
    before = book.known_on(FIX - ONE)
    assert version(before, NEW_YEAR) == "new"
    assert before.known_on(FIX - ONE) is before
    assert version(RuleBook([OLD_ONE, NEW_ONE]).known_on(date.min), NEW_YEAR) == "new"


# what is wrong with the dates


@pytest.mark.parametrize(
    ("editions", "sentence"),
    [
        ((), "There is no rule set."),
        (
            (OLD_ONE, edition("new", NEW_YEAR + 2 * ONE, None)),
            "No rule set is in force from January 1, 2026 to January 2, 2026: old ends before "
            "that, and new begins after it.",
        ),
        (
            (OLD_ONE, edition("new", NEW_YEAR - ONE, None)),
            "Two rule sets are in force on December 31, 2025: old and new. End old the day "
            "before, or say that new corrects it.",
        ),
        (
            (OLD_ONE, NEW_ONE, edition("other", date(2026, 7, 1), None)),
            "Two rule sets are in force on July 1, 2026: new and other. End new the day before, "
            "or say that other corrects it.",
        ),
        (
            (edition("old", date(2020, 1, 1), NEW_YEAR - ONE), NEW_ONE),
            "No rule set is in force before January 1, 2020: the earliest one (old) must have no "
            "effective_from.",
        ),
        (
            (OLD_ONE, edition("new", NEW_YEAR, date(2026, 12, 31))),
            "No rule set is in force after December 31, 2026: the latest one (new) must have no "
            "effective_to.",
        ),
        (
            (OLD_ONE, NEW_ONE, edition("old", None, None)),
            "Two rule sets have the version old.",
        ),
        (
            (OLD_ONE, edition("back", NEW_YEAR, date(2025, 12, 1)), NEW_ONE),
            "Rule set back begins on January 1, 2026 and ends before that, on December 1, 2025.",
        ),
        (
            (OLD_ONE, NEW_ONE, replace(FIXED, corrects="gone")),
            "Rule set fix corrects gone, which is not there or is a correction itself.",
        ),
        (
            (OLD_ONE, NEW_ONE, FIXED, correction("again", NEW_YEAR, None, corrects="fix")),
            "Rule set again corrects fix, which is not there or is a correction itself.",
        ),
        (
            (OLD_ONE, NEW_ONE, correction("fix", None, None)),
            "Rule set fix corrects days on which new is not in force.",
        ),
        (
            (OLD_ONE, NEW_ONE, replace(FIXED, published_on=OLD)),
            "Rule set fix must be published after new, which it corrects.",
        ),
        (
            (OLD_ONE, NEW_ONE, FIXED, correction("other", date(2026, 3, 31), None)),
            "fix and other correct the same days of new and are both published on April 15, "
            "2026: nobody can tell which one counts.",
        ),
    ],
)
def test_what_is_wrong_with_the_dates_is_said(editions: tuple[Edition, ...], sentence: str) -> None:
    with pytest.raises(RuleBookError) as error:
        RuleBook(editions)
    assert sentence in str(error.value)


def test_two_corrections_of_one_day_may_have_days_of_their_own() -> None:
    other = correction("other", date(2026, 4, 1), None)
    book = RuleBook([OLD_ONE, NEW_ONE, FIXED, other])
    assert version(book, date(2026, 3, 31)) == "fix"
    assert version(book, date(2026, 4, 1)) == "other"


# from files

FIRST: dict[str, Any] = {"version": "1", "effective_to": "2025-12-31"}
SECOND: dict[str, Any] = {"version": "2", "effective_from": "2026-01-01"}
AFTERWARDS: dict[str, Any] = {
    **SECOND,
    "version": "2a",
    "corrects": "2",
    "published_on": "2026-04-15",
    "retroactive": ["prices"],
}


def test_a_folder_holds_the_rules_with_their_dates(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "rules", FIRST, SECOND, {**AFTERWARDS, "fees": "more.csv"})
    fees(folder, "more.csv", 200)
    book = ClaimsSettings(rule_sets=folder).rule_book
    assert book is rule_book(folder)
    known, later = (book.in_force(NEW_YEAR, day) for day in (NEW_YEAR, FIX))
    assert (known.version, later.version) == ("2 with prices of 2a", "2a")
    assert known.prices.fees["99213"].office == 2 * IN_FORCE.prices.fees["99213"].office


@pytest.mark.parametrize(
    ("rule_sets", "sentence"),
    [
        ((), "There is no rule set"),
        ((FIRST,), "No rule set is in force after December 31, 2025"),
        ((FIRST, {**SECOND, "effective_from": "2025-12-31"}), "Two rule sets are in force on Dec"),
        ((FIRST, {**SECOND, "fees": "gone.csv"}), "A rule set names gone.csv, which cannot be"),
        ((FIRST, {**SECOND, "edits": "gone.json"}), "A rule set names gone.json, which cannot"),
        ((FIRST, {**SECOND, "fees": "edits_2025.json"}), "edits_2025.json is not as it must be"),
        ((FIRST, {**SECOND, "edits": "prices_2025.json"}), "prices_2025.json is not as it must be"),
        ((FIRST, {**SECOND, "published_on": 0}), "rule_set_2.json is not as it must be: "),
        ((FIRST, {**SECOND, "effectve_to": None}), "rule_set_2.json is not as it must be: effect"),
        ((FIRST, {**SECOND, "retroactive": ["edits"]}), "Rule set 2 names retroactive parts, but"),
    ],
)
def test_wrong_rules_stop_the_start_with_a_sentence(
    tmp_path: Path, rule_sets: tuple[dict[str, Any], ...], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        ClaimsSettings(rule_sets=folder_of(tmp_path / "rules", *rule_sets))


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("business_2025.json", ('"medicaid": {', '"medicaid_": {'), "business_2025.json is not as"),
        ("business_2025.json", ('"timely_days": 365', '"timely_days": "1"'), "valid integer"),
        ("benefits_2025.json", ('"medicaid": {},\n', ""), "Rule set 1 says nothing of medicaid"),
        ("prices_2025.json", ('"": {', '"9": {'), "Rule set 1 has no price for other revenue"),
    ],
)
def test_a_part_is_checked_whole(
    tmp_path: Path, name: str, change: tuple[str, str], sentence: str
) -> None:
    folder = folder_of(tmp_path / "rules", FIRST, SECOND)
    before = (folder / name).read_text()
    assert change[0] in before
    (folder / name).write_text(before.replace(*change))
    with pytest.raises(ValueError, match=sentence):
        ClaimsSettings(rule_sets=folder)
