"""Business days against the slowest possible way of counting, and against a kept library."""

from datetime import UTC, date, timedelta

from holidays import country_holidays
from hypothesis import given, settings
from hypothesis import strategies as st

from portal_runtime.domain.days import PlanCalendar
from portal_runtime.settings import RuntimeSettings

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
CLOSED = st.frozensets(DAYS, max_size=60)


def naive(first: date, last: date, closed: frozenset[date]) -> list[date]:
    every = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    return [day for day in every if day.isoweekday() not in (6, 7) and day not in closed]


def after(start: date, closed: frozenset[date]) -> list[date]:
    return naive(start + timedelta(days=1), date(2029, 1, 1), closed)


@given(DAYS, st.integers(0, 400), CLOSED)
def test_counts_what_the_slow_way_counts(start: date, length: int, closed: frozenset[date]) -> None:
    end = start + timedelta(days=length)
    counted = PlanCalendar(UTC, closed).days_between(start, end, business=True)
    assert counted == len(naive(start + timedelta(days=1), end, closed))


@given(DAYS, st.integers(1, 120), CLOSED)
def test_the_due_day_is_the_nth_of_the_slow_way(
    start: date, count: int, closed: frozenset[date]
) -> None:
    due = PlanCalendar(UTC, closed).due_day(start, count, business=True)
    assert due == after(start, closed)[count - 1]


@given(DAYS, CLOSED)
def test_with_no_days_it_is_the_day_itself_or_the_first_on_which_the_plan_works(
    start: date, closed: frozenset[date]
) -> None:
    due = PlanCalendar(UTC, closed).due_day(start, 0, business=True)
    assert due == naive(start, date(2029, 1, 1), closed)[0]


@given(DAYS, st.integers(1, 120), CLOSED)
def test_going_back_finds_a_day_from_which_one_comes_there(
    start: date, count: int, closed: frozenset[date]
) -> None:
    calendar = PlanCalendar(UTC, closed)
    due = calendar.due_day(start, count, business=True)
    back = calendar.day_before(due, count, business=True)
    assert calendar.is_business_day(back) and back <= start
    assert calendar.due_day(back, count, business=True) == due
    assert calendar.days_between(back, due, business=True) == count


def test_nothing_between_days_in_the_wrong_order() -> None:
    calendar = PlanCalendar(UTC)
    for business in (False, True):
        assert calendar.days_between(date(2026, 3, 3), date(2026, 3, 2), business=business) == 0


LIBRARY = country_holidays("US", years=range(2024, 2029))
PLAN = RuntimeSettings().calendar


@settings(deadline=None)
@given(st.dates(date(2024, 1, 1), date(2027, 6, 30)), st.integers(1, 120))
def test_agrees_with_the_library_on_real_holidays(start: date, count: int) -> None:
    assert PLAN.due_day(start, count, business=True) == LIBRARY.get_nth_working_day(start, count)


def test_holidays_are_the_same_in_whatever_order_they_are_asked_about() -> None:
    """New Year's Day of 2028 is a Saturday: the plan is closed on the last day of 2027."""
    closed = RuntimeSettings().calendar.holidays
    assert date(2027, 12, 31) in closed and date(2026, 12, 25) in closed
    every = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in every if day in closed] == [day for day in every if day in LIBRARY]


def test_a_plan_has_its_own_closing_days_and_works_on_some_holidays() -> None:
    closed = RuntimeSettings(
        plan_closed_on=(date(2026, 12, 24),), plan_open_on=(date(2026, 10, 12),)
    ).calendar.holidays
    assert date(2026, 12, 24) in closed and date(2026, 12, 25) in closed
    assert date(2026, 10, 12) not in closed and date(2026, 12, 23) not in closed


def test_ninety_business_days_by_hand() -> None:
    # 2026-03-02 is a Monday; 90 workdays on, past Memorial Day, Juneteenth and 3 July.
    closed = frozenset({date(2026, 5, 25), date(2026, 6, 19), date(2026, 7, 3)})
    calendar = PlanCalendar(UTC, closed)
    assert calendar.due_day(date(2026, 3, 2), 90, business=True) == date(2026, 7, 9)
