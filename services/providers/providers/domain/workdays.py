"""Counting business days: Monday to Friday, without the plan's holidays."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def is_workday(day: date, holidays: frozenset[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def nth_workday(start: date, count: int, holidays: frozenset[date]) -> date:
    """The `count`-th workday on or after `start` (count >= 1)."""
    day = start
    while True:
        if is_workday(day, holidays):
            count -= 1
            if count <= 0:
                return day
        day += DAY


def nth_workday_back(end: date, count: int, holidays: frozenset[date]) -> date:
    """The `count`-th workday on or before `end`, going back (count >= 1)."""
    day = end
    while True:
        if is_workday(day, holidays):
            count -= 1
            if count <= 0:
                return day
        day -= DAY


def count_workdays(first: date, last: date, holidays: frozenset[date]) -> int:
    """Workdays from `first` to `last`, both included: five a week, less the holidays."""
    if last < first:
        return 0
    weeks, rest = divmod((last - first).days + 1, 7)
    tail = sum((last - DAY * i).weekday() < 5 for i in range(rest))
    closed = sum(first <= day <= last and day.weekday() < 5 for day in holidays)
    return weeks * 5 + tail - closed
