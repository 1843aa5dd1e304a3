"""Reads rule sets and code lists from the data files that are part of this package."""

import csv
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from claims.domain.rules.rule_set import (
    Benefit,
    CodeRule,
    Fee,
    Market,
    RevenuePrice,
    RuleSet,
)

DATA = Path(__file__).parent.parent / "data"
CURRENT = "2026-1"


@cache
def rule_set(version: str = CURRENT) -> RuleSet:
    """A released rule set. An unknown version is a fault of ours, so it raises."""
    data = json.loads((DATA / f"rule_set_{version}.json").read_text())
    return RuleSet(
        version=data["version"],
        default_market=data["default_market"],
        markets={name: _market(value) for name, value in data["markets"].items()},
        plans={name: _benefit(value) for name, value in data["plans"].items()},
        lesser_of_charge=data["lesser_of_charge"],
        unlisted_share=data["unlisted_share"],
        fees={row["code"]: _fee(row) for row in table(data["fees"])},
        schedules=data["schedules"],
        provider_types=data["provider_types"],
        modifiers=data["modifiers"],
        facility_places=frozenset(r["code"] for r in table("places") if r["facility"] == "Y"),
        revenue={
            prefix: RevenuePrice(value.get("per_unit"), value["share"])
            for prefix, value in data["revenue"].items()
        },
        codes={code: _code_rule(value) for code, value in data["codes"].items()},
    )


@cache
def table(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of a CSV file of this package."""
    with (DATA / f"{name}.csv").open(newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def codes(name: str) -> frozenset[str]:
    """The `code` column of a code list: is this code one of them?"""
    return frozenset(row["code"] for row in table(name))


def _market(data: dict[str, Any]) -> Market:
    return Market(**{**data, "benefit": _benefit(data["benefit"])})


def _benefit(data: dict[str, Any]) -> Benefit:
    return Benefit(**{**data, "free": frozenset(data.get("free", ()))})


def _fee(row: Mapping[str, str]) -> Fee:
    return Fee(int(row["office_cents"]), int(row["facility_cents"]), row["category"])


def _code_rule(data: dict[str, Any]) -> CodeRule:
    places = data.get("places")
    return CodeRule(
        **{
            **data,
            "records": tuple(data.get("records", ())),
            "places": None if places is None else frozenset(places),
        }
    )
