"""EL-03, EL-04: is the member covered on the date of service, and who pays first?"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.domain.eligibility import check, date_problem, grace_on
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.eligibility.replies import Eligibility
from portal_runtime.domain.days import add_months
from tests.unit.eligibility.office import PLAN, SPAN, Office

TODAY = date(2026, 3, 2)
MARKET = {"plan": "MKT-OH", "line_of_business": "marketplace"}


def on(day: str, *spans: dict[str, Any]) -> Eligibility:
    office = Office()
    office.enroll(spans=list(spans))
    return check(office.member, date.fromisoformat(day), "asked", PLAN)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-03-03", "date_in_future"),
        ("2026-03-02", None),
        ("2024-03-02", None),
        ("2024-03-01", "too_long_ago"),
    ],
)
def test_dates_of_service_reach_from_today_24_months_back(day: str, code: str | None) -> None:
    problem = date_problem(date.fromisoformat(day), TODAY, PLAN)
    assert (problem.code if problem else None) == code


def test_the_plans_day_counts_not_utc() -> None:
    late_in_the_evening = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
    assert PLAN.calendar.day_of(late_in_the_evening) == TODAY


def test_first_and_last_day_are_covered_with_plan_and_program() -> None:
    span = {**SPAN, "end": "2025-12-31"}
    for day in ("2020-01-01", "2025-12-31"):
        answer = on(day, span)
        assert (answer.status, answer.plan, answer.why) == ("eligible", "MCD-OH", None)
        assert answer.line_of_business == "medicaid"
        assert (answer.covered_from, answer.covered_to) == (date(2020, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2019-12-31", "not_yet_covered"),
        ("2021-06-01", "between_spans"),
        ("2023-01-01", "coverage_ended"),
    ],
)
def test_ineligible_says_why(day: str, why: str) -> None:
    first = {**SPAN, "end": "2020-12-31"}
    second = {**SPAN, "start": "2022-01-01", "end": "2022-12-31"}
    answer = on(day, first, second)
    assert (answer.status, answer.why, answer.plan) == ("ineligible", why, None)


def test_without_any_coverage_never_covered() -> None:
    assert on("2026-01-01").why == "never_covered"


@pytest.mark.parametrize(
    ("day", "month"),
    [
        ("2025-11-30", None),
        ("2025-12-01", 1),
        ("2025-12-31", 1),
        ("2026-01-01", 2),
        ("2026-02-28", 3),
        ("2026-03-01", 4),
    ],
)
def test_an_unpaid_premium_is_past_due_month_by_month(day: str, month: int | None) -> None:
    answer = on(day, {**MARKET, "start": "2025-01-01", "paid_through": "2025-11-30"})
    assert answer.status == ("eligible" if month is None else "eligible_past_due")
    assert (answer.grace.month if answer.grace else None) == month
    if answer.grace:
        assert answer.grace.ends == date(2026, 2, 28)
        assert ("ended on" in answer.message) == (month == 4)


def test_other_markets_have_one_month_of_grace() -> None:
    span = {**MARKET, "line_of_business": "commercial", "start": "2025-01-01"}
    answer = on("2026-01-15", {**span, "paid_through": "2025-12-31"})
    assert answer.grace is not None and answer.grace.ends == date(2026, 1, 31)


def test_grace_begins_with_the_coverage_when_nothing_was_ever_paid() -> None:
    answer = on("2026-01-15", {**MARKET, "start": "2026-01-01", "paid_through": "2024-01-01"})
    assert answer.grace is not None and answer.grace.month == 1


def test_carriers_that_pay_first_are_named_for_their_days_only(office: Office) -> None:
    office.add(start="2024-01-01", end="2025-06-30")
    office.add(policy_number="P-2", carrier="Second", primary=False)
    office.add(policy_number="P-3", carrier="Cars", insurance_type="auto")
    last, after = date(2025, 6, 30), date(2025, 7, 1)
    assert check(office.member, last, "", PLAN).pays_first == ("Other Mutual",)
    assert check(office.member, after, "", PLAN).pays_first == ()


ONE_YEAR = [date(2025, 1, 1) + timedelta(days=n) for n in range(366)]


@st.composite
def coverage(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Lawful spans in any order: cut a year at some days, leave some pieces out."""
    cuts = sorted(draw(st.sets(st.integers(0, 365), max_size=8)))
    pieces = [(ONE_YEAR[a], ONE_YEAR[b - 1]) for a, b in pairwise(cuts)]
    spans: list[dict[str, Any]] = [
        {**SPAN, "start": start, "end": end, "plan": f"P{i}"}
        for i, (start, end) in enumerate(pieces)
        if draw(st.booleans())
    ]
    if draw(st.booleans()) and cuts:
        spans.append({**SPAN, "start": ONE_YEAR[cuts[-1]], "end": None, "plan": "OPEN"})
    shuffled: list[dict[str, Any]] = draw(st.permutations(spans))
    return shuffled


@settings(max_examples=100, deadline=None)
@given(coverage(), st.sampled_from(ONE_YEAR))
def test_eligible_exactly_on_the_days_a_naive_look_at_the_spans_finds(
    spans: list[dict[str, Any]], day: date
) -> None:
    naive = [
        span["plan"]
        for span in spans
        for covered in ONE_YEAR
        if span["start"] <= covered <= (span["end"] or ONE_YEAR[-1]) and covered == day
    ]
    answer = on(day.isoformat(), *spans)
    assert ([answer.plan] if answer.plan else []) == naive
    assert (answer.status == "eligible") == bool(naive)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2025, 12, 31)), st.integers(1, 400))
def test_month_of_grace_is_what_counting_day_by_day_gives(paid: date, later: int) -> None:
    span = CoverageSpan(
        start=date(2019, 1, 1), plan="P", line_of_business="marketplace", paid_through=paid
    )
    day = paid + timedelta(days=later)
    first, month = paid + timedelta(days=1), 1
    while add_months(first, month) <= day:
        month += 1
    grace = grace_on(span, day, PLAN)
    assert grace is not None and grace.month == month
    assert (day <= grace.ends) == (month <= 3)
