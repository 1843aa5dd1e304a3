"""Days of the plan: over changes of the clocks, leap days and the turn of the year."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_runtime.domain.days import (
    FIRST_MOMENT,
    LAST_MOMENT,
    PlanCalendar,
    add_months,
    long_date,
    next_day,
    previous_day,
)

NEW_YORK = PlanCalendar(ZoneInfo("America/New_York"))
KOLKATA = PlanCalendar(ZoneInfo("Asia/Kolkata"))
ZONES = (
    *("America/New_York", "Pacific/Honolulu", "Asia/Kolkata", "Australia/Lord_Howe"),
    # The clocks skip midnight itself; the day is a whole one ahead of UTC; and the plain one.
    *("America/Havana", "Pacific/Kiritimati", "UTC"),
)
calendars = st.sampled_from([PlanCalendar(ZoneInfo(zone)) for zone in ZONES])
BEGIN = datetime(2020, 1, 2, tzinfo=UTC)
days = st.dates(date(2020, 1, 1), date(2050, 12, 31))
moments = st.timedeltas(timedelta(0), timedelta(days=11_000)).map(lambda t: BEGIN + t)
TICK = timedelta(microseconds=1)


def due(calendar: PlanCalendar, received: str, allowed: int) -> date:
    moment = datetime.fromisoformat(received)
    return calendar.due_day(calendar.day_of(moment), allowed)


@pytest.mark.parametrize(
    ("received", "last_day"),
    [
        # Where 720 hours are not 30 days, in both directions.
        ("2027-10-20T00:15-04:00", date(2027, 11, 19)),
        ("2027-02-20T23:30-05:00", date(2027, 3, 22)),
        # The first and the last moment of one day have the same due day.
        ("2026-12-05T00:00-05:00", date(2027, 1, 4)),
        ("2026-12-05T23:59:59.999999-05:00", date(2027, 1, 4)),
        # Over February with and without a leap day.
        ("2028-01-31T12:00-05:00", date(2028, 3, 1)),
        ("2027-01-31T12:00-05:00", date(2027, 3, 2)),
        ("2028-01-30T12:00-05:00", date(2028, 2, 29)),
    ],
)
def test_thirty_calendar_days_end_with_the_thirtieth_day(received: str, last_day: date) -> None:
    assert due(NEW_YORK, received, 30) == last_day


@pytest.mark.parametrize(
    ("day", "start", "end"),
    [
        (date(2027, 3, 14), "2027-03-14T00:00-05:00", "2027-03-15T00:00-04:00"),
        (date(2027, 11, 7), "2027-11-07T00:00-04:00", "2027-11-08T00:00-05:00"),
        (date(2028, 2, 29), "2028-02-29T00:00-05:00", "2028-03-01T00:00-05:00"),
        (date(2026, 12, 31), "2026-12-31T00:00-05:00", "2027-01-01T00:00-05:00"),
    ],
)
def test_a_day_goes_from_midnight_to_midnight(day: date, start: str, end: str) -> None:
    edges = NEW_YORK.start_of(day), NEW_YORK.end_of(day)
    assert edges == (datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert {edge.tzinfo for edge in edges} == {UTC}


def test_a_half_hour_zone_begins_its_days_at_the_half_hour_of_utc() -> None:
    assert KOLKATA.start_of(date(2026, 3, 1)) == datetime(2026, 2, 28, 18, 30, tzinfo=UTC)
    assert KOLKATA.day_of(datetime(2026, 2, 28, 18, 29, 59, tzinfo=UTC)) == date(2026, 2, 28)
    assert KOLKATA.day_of(datetime(2026, 2, 28, 18, 30, tzinfo=UTC)) == date(2026, 3, 1)


def test_a_day_begins_when_the_clocks_skip_its_midnight() -> None:
    havana = PlanCalendar(ZoneInfo("America/Havana"))
    assert havana.start_of(date(2026, 3, 8)) == datetime(2026, 3, 8, 5, tzinfo=UTC)  # 01:00 there


@given(calendars, moments, st.integers(0, 400))
def test_the_due_day_does_not_depend_on_the_time_of_day(
    calendar: PlanCalendar, moment: datetime, allowed: int
) -> None:
    received = calendar.day_of(moment)
    last = calendar.due_day(received, allowed)
    assert (last - received).days == calendar.days_between(received, last) == allowed
    assert calendar.day_before(last, allowed) == received


@given(calendars, days)
def test_both_edges_of_a_day_lie_where_days_change(calendar: PlanCalendar, day: date) -> None:
    start, end = calendar.start_of(day), calendar.end_of(day)
    assert calendar.day_of(start) == calendar.day_of(end - TICK) == day
    assert calendar.day_of(start - TICK) == previous_day(day)
    assert calendar.day_of(end) == next_day(day)
    assert end == calendar.start_of(next_day(day))
    assert timedelta(hours=23) <= end - start <= timedelta(hours=25)


@given(calendars, moments)
def test_a_moment_lies_within_its_day(calendar: PlanCalendar, moment: datetime) -> None:
    day = calendar.day_of(moment)
    assert calendar.start_of(day) <= moment < calendar.end_of(day)


@given(calendars, moments, moments, st.integers(0, 400))
def test_who_comes_later_is_not_due_earlier(
    calendar: PlanCalendar, one: datetime, other: datetime, allowed: int
) -> None:
    first, second = (calendar.day_of(moment) for moment in sorted((one, other)))
    ends = [calendar.end_of(calendar.due_day(day, allowed)) for day in (first, second)]
    assert ends == sorted(ends)


@given(calendars, st.sampled_from([date.min, date.max]), st.integers(1, 100_000))
def test_the_calendar_stops_at_its_ends_and_does_not_raise(
    calendar: PlanCalendar, edge: date, many: int
) -> None:
    for business in (False, True):
        assert calendar.due_day(date.max, many, business=business) == date.max
        assert calendar.day_before(date.min, many, business=business) == date.min
    assert FIRST_MOMENT <= calendar.start_of(edge) <= calendar.end_of(edge) <= LAST_MOMENT
    assert calendar.end_of(date.max) == LAST_MOMENT
    assert calendar.day_of(FIRST_MOMENT) == date.min and calendar.day_of(LAST_MOMENT) == date.max
    assert (previous_day(date.min), next_day(date.max)) == (date.min, date.max)
    assert add_months(date.max, many) == date.max and add_months(date.min, -many) == date.min


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 1), -24, date(2024, 3, 1)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(days, st.integers(-300, 300))
def test_months_keep_the_day_or_end_with_the_month(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved.day < day.day and next_day(moved).day == 1)


def test_how_a_sentence_names_a_day_and_a_moment() -> None:
    assert long_date(date(2026, 3, 4)) == "March 4, 2026"
    assert [long_date(date(2026, n, 1)).split()[0][:3] for n in (1, 7, 8, 12)] == [
        *("Jan", "Jul", "Aug", "Dec")
    ]
    said = NEW_YORK.long_moment(datetime(2026, 3, 4, 20, 5, tzinfo=UTC))
    assert said == "March 4, 2026, 3:05 PM EST"
    assert NEW_YORK.long_moment(datetime(2026, 7, 5, 4, 0, tzinfo=UTC)).endswith("12:00 AM EDT")
    assert NEW_YORK.long_moment(datetime(2026, 7, 5, 16, 9, tzinfo=UTC)).endswith("12:09 PM EDT")
