"""Arbitrary claims and facts: lawful in form, wild in content."""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from claims.domain.facts import Accumulators, Facts, ReleasedRecord
from claims.domain.rules.editions import Edition
from claims.domain.rules.load import rule_book
from claims.domain.rules.rule_book import RuleBook
from claims.domain.rules.rule_set import Benefit, CodeRule, RuleSet
from portal_contracts.money import dollars
from portal_contracts.providers.parts import Participation
from tests.unit.claims.builders import (
    BORN,
    IN_FORCE,
    MEMBER,
    TIN,
    TODAY,
    bill,
    changed,
    claim,
    line,
    member,
    policy,
    provider,
    revenue,
    span,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is no reason to fail."""
BUSINESS = ("medicaid", "marketplace", "medicare_advantage", "commercial")
CODES = ("99213", "99214", "85025", "20610", "29881", "99070", "S9970", "12345", "J1100", "99396")
REVENUES = ("0120", "0250", "0301", "0450", "0999")

cents = st.integers(0, 100_000)
days = st.integers(0, 450).map(lambda n: TODAY - timedelta(days=n))
groups = st.sampled_from(["CO", "PR", "OA", "PI"])


@st.composite
def decided_elsewhere(draw: st.DrawFn, charge: int) -> dict[str, Any]:
    """Payment and adjustments of another payer that add up to the charge, or a payment alone."""
    paid = draw(st.integers(0, charge))
    if draw(st.booleans()):
        return {"paid": dollars(paid), "adjustments": ()}
    first = draw(st.integers(0, charge - paid))
    parts = [part for part in (first, charge - paid - first) if part]
    carcs = st.sampled_from(["1", "2", "3", "45", "96", "23"])
    return {
        "paid": dollars(paid),
        "adjustments": tuple(
            {"group": draw(groups), "carc": draw(carcs), "amount": dollars(part)} for part in parts
        ),
    }


@st.composite
def payers(draw: st.DrawFn, total: int) -> tuple[dict[str, Any], ...]:
    """None, one that has not decided, or one or two that have."""
    named = {"name": "First", "payer_id": "F1", "sequence": "primary"}
    kind = draw(st.sampled_from(["none", "none", "undecided", "one", "two"]))
    if kind == "none":
        return ()
    if kind == "undecided":
        return (named,)
    decided = {**named, **draw(decided_elsewhere(total))}
    if kind == "one":
        return (decided,)
    second = {**named, "payer_id": "F2", "sequence": "secondary"}
    return (decided, {**second, **draw(decided_elsewhere(total))})


@st.composite
def professional_rows(draw: st.DrawFn) -> dict[str, Any]:
    charge = draw(cents)
    row = line(
        procedure=draw(st.sampled_from(CODES)),
        charge=dollars(charge),
        units=draw(st.sampled_from(["1", "2", "0.333", "999"])),
        place=draw(st.sampled_from(["11", "22", "23"])),
        modifiers=draw(st.sampled_from([(), ("26",), ("50", "80")])),
        from_date=draw(days),
    )
    if draw(st.integers(0, 5)) == 0:
        row["prior_payments"] = ({"payer_id": "F1", **draw(decided_elsewhere(charge))},)
    return row


@st.composite
def revenue_rows(draw: st.DrawFn, day: date) -> dict[str, Any]:
    charge = draw(cents)
    return revenue(
        revenue_code=draw(st.sampled_from(REVENUES)),
        procedure=draw(st.none() | st.sampled_from(CODES)),
        charge=dollars(charge),
        non_covered=dollars(draw(st.integers(0, charge))),
        units=draw(st.sampled_from(["1", "3"])),
        service_date=day,
    )


@st.composite
def claims(draw: st.DrawFn) -> Any:
    """A claim of either form that passes the checks, but for what other payers' figures say."""
    if draw(st.booleans()):
        rows = draw(st.lists(professional_rows(), min_size=1, max_size=4))
        make: Any = claim
        changes: dict[str, Any] = {}
    else:
        day = draw(days)
        rows = draw(st.lists(revenue_rows(day), min_size=1, max_size=4))
        make = bill
        changes = {"statement_from": day, "statement_to": day}
    total = sum(round(float(row["charge"]) * 100) for row in rows)
    by_line = any(row.get("prior_payments") for row in rows)
    if not by_line:
        changes["other_payers"] = draw(payers(total))
    if total == 0:
        rows = [line()] if make is claim else [revenue()]
    return make(*rows, **changes)


def books() -> st.SearchStrategy[RuleBook]:
    """One to four rule sets, one after another, each with other rules."""
    cuts = st.lists(days, unique=True, max_size=3).map(sorted)
    return cuts.flatmap(
        lambda cut: st.lists(rule_sets, min_size=len(cut) + 1, max_size=len(cut) + 1).map(
            lambda rules: book_of(cut, rules)
        )
    )


def book_of(cuts: Sequence[date], rules: Sequence[RuleSet]) -> RuleBook:
    """The rule sets one after another; a new one begins on each of these days."""
    starts, ends = [None, *cuts], [*(day - timedelta(days=1) for day in cuts), None]
    dated = zip(rules, starts, ends, range(len(rules)), strict=True)
    return RuleBook(
        Edition(replace(one, version=f"{one.version} ({n})"), date(2020, 1, 1), start, end)
        for one, start, end, n in dated
    )


def _fees(percent: int) -> dict[str, Any]:
    fees = IN_FORCE.prices.fees.items()
    return {c: replace(f, office=f.office * percent // 100, facility=f.facility) for c, f in fees}


_SHORT = {n: replace(m, timely_days=90) for n, m in IN_FORCE.business.lines_of_business.items()}
RULE_SETS = (
    IN_FORCE,
    changed(IN_FORCE, "dear", prices={"fees": _fees(150)}),
    changed(IN_FORCE, "strict", prices={"unlisted_share": None}, edits={"codes": {}}),
    changed(IN_FORCE, "short", business={"lines_of_business": _SHORT}),
    changed(IN_FORCE, "picky", edits={"codes": {"99213": CodeRule(covered=False)}}),
    changed(IN_FORCE, "mean", benefits={"plans": {"P": Benefit(coinsurance=5000)}}),
)
rule_sets = st.sampled_from(RULE_SETS)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Coverage, other insurance, provider, accumulators and records of any kind."""
    start = draw(st.sampled_from([date(2020, 1, 1), TODAY - timedelta(days=100)]))
    end = draw(st.none() | days)
    covered = span(
        start,
        end,
        draw(st.sampled_from(["P", "MARKETPLACE-GOLD"])),
        draw(st.sampled_from(BUSINESS)),
    )
    cob = (policy(end=draw(st.none() | days)),) if draw(st.booleans()) else ()
    active = Participation(start=draw(st.sampled_from([BORN, TODAY - timedelta(days=30)])))
    used = draw(st.integers(0, 800_000))
    deductible = draw(st.integers(0, min(used, 90_000)))
    records = (ReleasedRecord("DOC-1", TIN, date(2020, 1, 1), service_date=draw(days)),)
    return Facts(
        rules=draw(st.just(rule_book()) | books()),
        member=member(covered, cob=cob),
        billing=provider(
            participation=(active,),
            fee_schedule=draw(st.sampled_from(["standard", "premium", "medicaid"])),
            provider_type=draw(st.sampled_from(["group", "extender"])),
        ),
        accumulators=tuple(
            Accumulators(MEMBER, year, deductible, used) for year in (2024, 2025, 2026)
        ),
        records=records if draw(st.booleans()) else (),
    )


@st.composite
def records(draw: st.DrawFn, tins: st.SearchStrategy[str], *numbers: str) -> ReleasedRecord:
    """A released document of these Tax IDs: for one of the claims, or for the member's days."""
    return ReleasedRecord(
        draw(st.sampled_from(["DOC-1", "DOC-2", "DOC-3"])),
        draw(tins),
        draw(days),
        draw(st.sampled_from([None, "CLM-OTHER", *numbers])),
        draw(st.none() | days),
    )


DATES = ("0001-01-01", "1900-02-28", "2015-10-01", "2024-02-29", "2026-03-01", "9999-12-31")
MONEY = ("0.00", "0.01", "-0.01", "1.00", "9999999999.99")
CODES_AND_NUMBERS = (
    *("0", "1", "7", "8", "21", "30", "99", "0000", "0001", "0.001", "9999999", "9999999.999"),
    *("111", "117", "130", "991", "A0", "J069", "ZZZZZZZ", "S9970", "29881", "99070"),
    *("icd9", "PR", "OA", "primary", "secondary", None, True, 0, 1, 12, 99, -1),
)


@st.composite
def extreme(draw: st.DrawFn, sound: Any) -> Any:
    """The same JSON with one to three leaves at the edge of what a contract lets through."""
    data = copy.deepcopy(sound)
    places = list(_leaves(data))
    for holder, key in draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)):
        holder[key] = draw(st.sampled_from(_edges(holder[key])))
    return data


def _leaves(data: Any) -> Iterator[tuple[Any, Any]]:
    """(holder, key) of everything that is neither an object nor a list."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, dict | list):
            yield from _leaves(value)
        else:
            yield data, key


def _edges(leaf: Any) -> tuple[Any, ...]:
    text = str(leaf)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return DATES
    return MONEY if re.fullmatch(r"-?\d+\.\d\d", text) else CODES_AND_NUMBERS
