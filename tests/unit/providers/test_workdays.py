"""Business days against the slowest possible way of counting, and against a kept library."""

from datetime import date, timedelta

from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.domain.workdays import (
    count_workdays,
    is_workday,
    nth_workday,
    nth_workday_back,
)
from providers.settings import ProvidersSettings

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
HOLIDAYS = st.frozensets(DAYS, max_size=60)


def naive(first: date, last: date, holidays: frozenset[date]) -> list[date]:
    every = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return [day for day in every if day.isoweekday() not in (6, 7) and day not in holidays]


@given(DAYS, st.integers(0, 400), HOLIDAYS)
def test_counts_what_the_slow_way_counts(first: date, length: int, closed: frozenset[date]) -> None:
    last = first + timedelta(days=length)
    assert count_workdays(first, last, closed) == len(naive(first, last, closed))


@given(DAYS, st.integers(1, 120), HOLIDAYS)
def test_nth_workday_is_the_nth_of_the_slow_way(
    start: date, count: int, closed: frozenset[date]
) -> None:
    assert nth_workday(start, count, closed) == naive(start, date(2029, 1, 1), closed)[count - 1]


@given(DAYS, st.integers(1, 120), HOLIDAYS)
def test_going_back_finds_the_day_one_came_from(
    start: date, count: int, closed: frozenset[date]
) -> None:
    end = nth_workday(start, count, closed)
    begin = nth_workday_back(end, count, closed)
    assert is_workday(begin, closed) and begin >= start
    assert count_workdays(begin, end, closed) == count


def test_nothing_between_days_in_the_wrong_order() -> None:
    assert count_workdays(date(2026, 3, 3), date(2026, 3, 2), frozenset()) == 0


LIBRARY = country_holidays("US", years=range(2024, 2029))
PLAN = ProvidersSettings().policy.holidays


@settings(deadline=None)
@given(st.dates(date(2024, 1, 1), date(2027, 6, 30)), st.integers(1, 120))
def test_agrees_with_the_library_on_real_holidays(start: date, count: int) -> None:
    ours = nth_workday(start, count, PLAN)
    assert ours == LIBRARY.get_nth_working_day(start - timedelta(days=1), count)


def test_a_plan_has_its_own_closing_days_and_works_on_some_holidays() -> None:
    given_by_plan = ProvidersSettings(
        plan_closed_on=(date(2026, 12, 24),), plan_open_on=(date(2026, 10, 12),)
    )
    closed = given_by_plan.policy.holidays
    assert date(2026, 12, 24) in closed and date(2026, 12, 25) in closed
    assert date(2026, 10, 12) not in closed


def test_ninety_business_days_by_hand() -> None:
    # 2026-03-02 is a Monday; 90 workdays on, past Memorial Day, Juneteenth and 3 July.
    closed = frozenset({date(2026, 5, 25), date(2026, 6, 19), date(2026, 7, 3)})
    assert nth_workday(date(2026, 3, 3), 90, closed) == date(2026, 7, 9)
