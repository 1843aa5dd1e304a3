"""CL-17.12, CL-17.13 Prices, and what the patient bears of them. Cents."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.facts import Accumulators, Facts
from claims.domain.rules.cost_share import CostShare
from claims.domain.rules.pricing import share, unit_rate
from claims.domain.rules.rule_set import Benefit
from portal_contracts.claims.outcome import LineOutcome
from tests.unit.claims import strategies
from tests.unit.claims.builders import (
    IN_FORCE,
    MEMBER,
    adjudicated,
    bill,
    claim,
    facts,
    line,
    medicaid,
    member,
    provider,
    reasons,
    revenue,
    ruled,
    span,
    stay,
    why,
)

DAY = date(2026, 2, 10)


def first(cmd: Any, known: Facts | None = None) -> LineOutcome:
    return adjudicated(cmd, known or medicaid()).lines[0]


@pytest.mark.parametrize(
    ("row", "allowed"),
    [
        (line(), "93.00"),
        (line(place="22"), "68.00"),  # the facility is paid for its own part
        (line(units="2", charge="240.00"), "186.00"),
        (line(units="1.5", charge="240.00"), "139.50"),
        (line(charge="80.00"), "80.00"),  # never more than charged
        (line(procedure="71046", modifiers=("26",)), "13.60"),
        (line(procedure="71046", modifiers=("26", "52")), "6.80"),
        (line(procedure="71046", modifiers=("LT",)), "34.00"),
        (line(procedure="J1100", units="4", charge="10.00"), "0.80"),
        (line(procedure="J1100", units="0.001", charge="10.00"), "0.01"),  # not nothing
        (line(procedure="12345"), "72.00"),  # no fee: 60 % of the charge
        (line(procedure="12345", charge="0.01"), "0.01"),
        (line(charge="0.00"), "0.00"),
    ],
)
def test_a_professional_line_is_worth_its_fee(row: dict[str, Any], allowed: str) -> None:
    # A second line, so that a claim may hold one without a charge.
    assert first(claim(row, line())).allowed == allowed


def test_a_share_of_a_cent_is_a_cent_and_not_nothing() -> None:
    low = ruled(medicaid(), prices={"unlisted_share": 4000})
    assert first(claim(line(procedure="12345", charge="0.01")), low).allowed == "0.01"
    assert first(bill(revenue(revenue_code="0301", charge="0.01"))).allowed == "0.01"


@pytest.mark.parametrize(
    ("profile", "allowed"),
    [
        ({"fee_schedule": "premium"}, "111.60"),
        ({"fee_schedule": "medicaid"}, "69.75"),
        ({"fee_schedule": "unheard-of"}, "93.00"),
        ({"provider_type": "extender"}, "79.05"),
    ],
)
def test_fees_follow_the_providers_schedule_and_type(profile: Any, allowed: str) -> None:
    assert first(claim(), medicaid()._replace(billing=provider(**profile))).allowed == allowed


@pytest.mark.parametrize(
    ("cmd", "allowed"),
    [
        (bill(revenue(revenue_code="0999")), "55.00"),
        (bill(revenue(revenue_code="0301")), "40.00"),
        (bill(revenue(revenue_code="0250")), "40.00"),  # the longest prefix wins
        (bill(revenue(revenue_code="0259")), "45.00"),
        (bill(revenue(procedure="85025")), "7.80"),
        (bill(revenue(revenue_code="0301", procedure="12345")), "40.00"),
        (stay(revenue(revenue_code="0120", units="3", charge="6000.00")), "3600.00"),
        (stay(revenue(revenue_code="0120", units="3", charge="3000.00")), "3000.00"),
    ],
)
def test_an_institutional_line_is_worth_its_revenue_code_or_fee(cmd: Any, allowed: str) -> None:
    assert first(cmd).allowed == allowed


def test_what_the_provider_declares_non_covered_is_the_patients() -> None:
    found = adjudicated(bill(revenue(revenue_code="0301", non_covered="40.00")), medicaid())
    (row,) = found.lines
    assert (row.allowed, row.paid) == ("24.00", "24.00")
    assert reasons(row) == [("CO", "45", "36.00", ()), ("PR", "96", "40.00", ("N130",))]
    assert (found.status, found.patient_responsibility) == ("paid", "40.00")


def test_a_bill_declared_non_covered_as_a_whole_is_denied() -> None:
    found = adjudicated(bill(revenue(non_covered="100.00")), medicaid())
    assert (found.status, reasons(found.lines[0])) == (
        "denied",
        [("PR", "96", "100.00", ("N130",))],
    )


def test_more_than_the_charge_is_paid_where_the_contract_says_so() -> None:
    generous = ruled(medicaid(), prices={"lesser_of_charge": False})
    found = first(claim(line(charge="90.00")), generous)
    assert (found.paid, reasons(found)) == ("93.00", [("OA", "94", "-3.00", ())])


@pytest.mark.parametrize(
    ("amount", "part", "expected"), [(5, 5000, 3), (1, 4000, 0), (1, 6000, 1), (333, 6250, 208)]
)
def test_half_a_cent_is_rounded_up(amount: int, part: int, expected: int) -> None:
    assert share(amount, part) == expected


def test_an_unknown_code_has_no_rate() -> None:
    assert unit_rate(IN_FORCE.prices, "standard", "", "00000", (), False) is None


# cost share

PLAN = Benefit(
    deductible=10000,
    out_of_pocket_max=30000,
    coinsurance=2000,
    copays={"office_visit": 2500},
    free=frozenset({"preventive"}),
)


def starting(deductible: int = 0, out_of_pocket: int = 0, plan: Benefit = PLAN) -> CostShare:
    return CostShare.starting(plan, Accumulators(MEMBER, 2026, deductible, out_of_pocket))


@pytest.mark.parametrize(
    ("used", "category", "allowed", "expected"),
    [
        ((0, 0), "surgery", 5000, (5000, 0, 0)),
        ((0, 0), "surgery", 15000, (10000, 1000, 0)),
        ((4000, 4000), "surgery", 15000, (6000, 1800, 0)),
        ((10000, 10000), "surgery", 5000, (0, 1000, 0)),
        ((10000, 29500), "surgery", 5000, (0, 500, 0)),
        ((0, 29500), "surgery", 5000, (500, 0, 0)),
        ((10000, 30000), "surgery", 5000, (0, 0, 0)),
        ((10000, 31000), "surgery", 5000, (0, 0, 0)),
        ((0, 0), "office_visit", 9300, (0, 0, 2500)),
        ((0, 0), "office_visit", 2000, (0, 0, 2000)),
        ((0, 29000), "office_visit", 9300, (0, 0, 1000)),
        ((0, 0), "preventive", 9300, (0, 0, 0)),
    ],
)
def test_deductible_then_coinsurance_or_a_copay_up_to_the_maximum(
    used: tuple[int, int], category: str, allowed: int, expected: tuple[int, int, int]
) -> None:
    own = starting(*used).of(category, DAY, allowed)
    assert (own.deductible, own.coinsurance, own.copay) == expected


def test_each_line_leaves_less_for_the_next() -> None:
    shares = starting()
    first_line = shares.of("surgery", DAY, 8000)
    shares.use("surgery", DAY, first_line)
    second = shares.of("surgery", DAY, 8000)
    shares.use("surgery", DAY, second)
    assert (first_line.deductible, second.deductible, second.coinsurance) == (8000, 2000, 1200)
    assert (shares.deductible_used, shares.out_of_pocket_used) == (10000, 11200)


def test_one_copay_per_day_and_category() -> None:
    found = adjudicated(claim(line(), line(procedure="99214"), line(from_date=date(2026, 2, 9))))
    copays = [[a.amount for a in row.adjustments if a.carc == "3"] for row in found.lines]
    assert copays == [["30.00"], [], ["30.00"]]


def test_the_years_sums_come_from_the_facts() -> None:
    row = line(procedure="71046", charge="40.00")
    met = facts(accumulators=(Accumulators(MEMBER, 2026, 75000, 75000),))
    assert why(claim(row)) == [("CO", "45", "6.00", ()), ("PR", "1", "34.00", ())]
    assert why(claim(row), met) == [("CO", "45", "6.00", ()), ("PR", "2", "6.80", ())]
    last_year = facts(accumulators=(Accumulators(MEMBER, 2025, 75000, 75000),))
    assert why(claim(row), last_year) == why(claim(row))


def test_a_plans_own_benefit_wins_over_its_line_of_business() -> None:
    gold = facts(member=member(span(plan="MARKETPLACE-GOLD", business="marketplace")))
    assert why(claim(), gold)[1] == ("PR", "3", "15.00", ())


@strategies.UNHURRIED
@given(
    st.integers(0, 12000),
    st.integers(0, 35000),
    st.lists(
        st.tuples(st.sampled_from(["surgery", "office_visit", "preventive"]), st.integers(0, 20000))
    ),
)
def test_nobody_bears_more_than_allowed_nor_than_the_years_maximum(
    deductible: int, out_of_pocket: int, rows: list[tuple[str, int]]
) -> None:
    shares = starting(deductible, out_of_pocket)
    for category, allowed in rows:
        own = shares.of(category, DAY, allowed)
        assert 0 <= own.total <= allowed
        assert min(own.deductible, own.coinsurance, own.copay) >= 0
        shares.use(category, DAY, own)
    assert deductible + shares.deductible_used <= max(deductible, PLAN.deductible)
    assert out_of_pocket + shares.out_of_pocket_used <= max(out_of_pocket, 30000)
