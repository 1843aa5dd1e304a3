"""Reads the plan's rule sets from a folder, and the code lists that are part of this package.

A folder holds `rule_set_*.json`, one for each version, and the files of the parts that they name.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import TypeAdapter, ValidationError

from claims.domain.rules.editions import Correction, Edition
from claims.domain.rules.rule_book import RuleBook, RuleBookError
from claims.domain.rules.rule_set import (
    Benefits,
    Edits,
    Fee,
    LinesOfBusiness,
    Part,
    Prices,
    RuleSet,
)
from portal_contracts.base import Strict
from portal_contracts.common import LineOfBusiness
from portal_contracts.fields import Day

T = TypeVar("T")
DATA = Path(__file__).parent.parent / "data"
RULES = DATA / "rules"
"""The rule sets that come with the product: for the demo and the tests, and to begin with."""


class RuleSetFile(Strict):
    """A `rule_set_*.json`. The parts are names of files in its folder; versions may share them."""

    version: str
    effective_from: Day | None
    effective_to: Day | None
    published_on: Day
    corrects: str | None = None
    """Version whose rules it changes afterwards; none for rules of days of their own."""
    retroactive: frozenset[Part] = frozenset()
    business: str
    benefits: str
    edits: str
    prices: str
    fees: str
    """CSV: code, category, office_cents, facility_cents. Of the part `prices`."""


@cache
def rule_book(folder: Path = RULES) -> RuleBook:
    """The rule sets of a folder.

    RuleBookError: a file is missing or not as it must be; a day has no rule set in force, or two.
    """
    files = sorted(folder.glob("rule_set_*.json"))
    if not files:
        raise RuleBookError(f"There is no rule set (rule_set_*.json) in {folder}.")
    return RuleBook([_edition(folder, _read(file, RuleSetFile)) for file in files])


def _edition(folder: Path, file: RuleSetFile) -> Edition:
    prices = replace(
        _read(folder / file.prices, Prices),
        fees=_fees(folder / file.fees),
        facility_places=frozenset(r["code"] for r in table("places") if r["facility"] == "Y"),
    )
    rules = RuleSet(
        file.version,
        _read(folder / file.business, LinesOfBusiness),
        _read(folder / file.benefits, Benefits),
        _read(folder / file.edits, Edits),
        prices,
    )
    _whole(rules)
    dates = (file.published_on, file.effective_from, file.effective_to)
    if file.corrects is not None:
        return Correction(rules, *dates, file.corrects, file.retroactive)
    if file.retroactive:
        raise RuleBookError(
            f"Rule set {file.version} names retroactive parts, but not the version it corrects."
        )
    return Edition(rules, *dates)


def _whole(rules: RuleSet) -> None:
    """Nothing that a claim may ask for is missing."""
    for name in get_args(LineOfBusiness):
        parts = (rules.business.lines_of_business, rules.benefits.lines_of_business)
        if any(name not in part for part in parts):
            raise RuleBookError(f"Rule set {rules.version} says nothing of {name}.")
    if "" not in rules.prices.revenue:
        raise RuleBookError(f"Rule set {rules.version} has no price for other revenue codes ('').")


def _read(path: Path, kind: type[T]) -> T:
    """A JSON file as what it must be; a field nobody knows is an error too."""
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except OSError:
        raise RuleBookError(f"A rule set names {path.name}, which cannot be read.") from None
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise RuleBookError(f"{path.name} is not as it must be: {'; '.join(wrong)}.") from None


def _fees(path: Path) -> dict[str, Fee]:
    try:
        return {
            row["code"]: Fee(int(row["office_cents"]), int(row["facility_cents"]), row["category"])
            for row in _rows(path)
        }
    except OSError:
        raise RuleBookError(f"A rule set names {path.name}, which cannot be read.") from None
    except (KeyError, TypeError, ValueError):
        raise RuleBookError(
            f"{path.name} is not as it must be: each row has code, category, office_cents and "
            "facility_cents, amounts in whole cents."
        ) from None


@cache
def table(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a CSV file of this package."""
    return tuple(_rows(DATA / f"{name}.csv"))


@cache
def codes(name: str) -> frozenset[str]:
    """The `code` column of a code list: is this code one of them?"""
    return frozenset(row["code"] for row in table(name))


def _rows(path: Path) -> Iterable[Mapping[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
