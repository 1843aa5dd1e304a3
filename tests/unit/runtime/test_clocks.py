"""Due days of a clock that stops in between (PR-02, PR-03), and clocks of hours (AU-07)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_contracts.clock import SlaClock
from portal_contracts.providers.commands import BreachSla, WarnSla
from portal_runtime.domain import clocks
from portal_runtime.domain.clocks import Allowance
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.domain.decision import SetTimer

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday
HOLIDAYS = frozenset({date(2026, 5, 25), date(2026, 6, 19), date(2026, 7, 3), date(2026, 9, 7)})
CALENDAR = PlanCalendar(ZoneInfo("America/New_York"), HOLIDAYS)
THIRTY = Allowance("calendar_days", 30, 5)
NINETY = Allowance("business_days", 90, 10)
HOURS = Allowance("hours", 72, 24)
DAY, SECOND, INSTANT = timedelta(days=1), timedelta(seconds=1), timedelta(microseconds=1)
PAUSES = st.lists(
    st.tuples(st.integers(0, 20 * 24 * 3600), st.integers(0, 40 * 24 * 3600)), max_size=8
)
"""Seconds that the clock runs, and seconds that it then stands still."""
MOMENTS = st.integers(0, 400 * 24 * 3600 * 10**6).map(lambda n: NOW + n * INSTANT)
DAYS = st.sampled_from([THIRTY, NINETY])
ALLOWANCES = st.sampled_from([THIRTY, NINETY, HOURS])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def start(allowance: Allowance, now: datetime = NOW) -> SlaClock:
    return clocks.start(allowance, CALENDAR, now)


def stopped(allowance: Allowance, asked: datetime, answered: datetime) -> SlaClock:
    """Started now, asked and answered."""
    waiting = clocks.pause(start(allowance), CALENDAR, asked)
    return clocks.resume(waiting, allowance, CALENDAR, answered)


# -- calendar days ---------------------------------------------------------------------------------


def test_thirty_calendar_days_are_due_thirty_days_after_receipt() -> None:
    started = start(THIRTY)  # on March 2
    assert (started.basis, started.allowance) == ("calendar_days", 30)
    assert started.due_date == date(2026, 4, 1)
    assert started.late_from == at("2026-04-02T00:00-04:00")
    assert started.warn_at == at("2026-03-27T00:00-04:00")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # Both were a day off when thirty days were 720 hours.
        ("2027-10-20T00:15-04:00", date(2027, 11, 19)),
        ("2027-02-20T23:30-05:00", date(2027, 3, 22)),
        ("2028-01-30T23:59-05:00", date(2028, 2, 29)),
        ("2026-12-05T00:00-05:00", date(2027, 1, 4)),
    ],
)
def test_the_clocks_of_the_street_do_not_move_the_due_day(received: str, due: date) -> None:
    started = start(THIRTY, at(received))
    assert started.due_date == due
    last = CALENDAR.end_of(due)
    assert not clocks.is_over(started, last - INSTANT)
    assert clocks.is_over(started, last)


@pytest.mark.parametrize(
    ("zone", "due"), [("Pacific/Honolulu", date(2026, 3, 31)), ("Asia/Kolkata", date(2026, 4, 1))]
)
def test_the_plans_day_of_receipt_counts_wherever_the_plan_is(zone: str, due: date) -> None:
    evening = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # March 1 in Honolulu
    assert clocks.start(THIRTY, PlanCalendar(ZoneInfo(zone)), evening).due_date == due


@pytest.mark.parametrize(
    ("asked", "answered", "due"),
    [
        ("2026-03-12T09:00-04:00", "2026-03-12T23:59-04:00", date(2026, 4, 1)),
        ("2026-03-12T23:59-04:00", "2026-03-13T00:01-04:00", date(2026, 4, 2)),
        ("2026-03-12T00:00-04:00", "2026-03-22T23:59-04:00", date(2026, 4, 11)),
        # On the day of receipt; on the due day, which leaves the day of the answer.
        ("2026-03-02T10:30-05:00", "2026-03-05T08:00-05:00", date(2026, 4, 4)),
        ("2026-04-01T23:59-04:00", "2026-05-09T00:01-04:00", date(2026, 5, 9)),
    ],
)
def test_it_is_due_as_many_days_later_as_the_answer_came_after_the_question(
    asked: str, answered: str, due: date
) -> None:
    assert stopped(THIRTY, at(asked), at(answered)).due_date == due


# -- business days ---------------------------------------------------------------------------------


def test_ninety_business_days_are_due_at_the_end_of_the_ninetieth() -> None:
    started = start(NINETY)
    assert started.due_date == date(2026, 7, 9)
    assert started.late_from == at("2026-07-10T00:00-04:00")
    # July 3 is a holiday: 24, 25, 26, 29, 30, 1, 2, 6, 7, 8 are ten business days before the ninth.
    assert started.warn_at == at("2026-06-24T00:00-04:00")


def test_what_comes_late_in_the_evening_belongs_to_the_plans_day() -> None:
    evening = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)  # still Monday in New York
    assert start(NINETY, evening).due_date == date(2026, 7, 9)


def test_a_business_clock_goes_on_with_the_days_that_were_left() -> None:
    goes_on = stopped(NINETY, NOW + 2 * DAY, NOW + 4 * DAY)  # Wednesday to Friday
    assert goes_on.due_date == date(2026, 7, 13)  # two workdays later, a Monday


def test_a_question_on_the_last_day_leaves_the_plan_the_day_of_the_answer() -> None:
    last_day = datetime(2026, 7, 9, 15, 0, tzinfo=UTC)
    assert clocks.pause(start(NINETY), CALENDAR, last_day).remaining_days == 0
    saturday = datetime(2026, 7, 11, 15, 0, tzinfo=UTC)
    assert stopped(NINETY, last_day, last_day).due_date == date(2026, 7, 9)
    assert stopped(NINETY, last_day, saturday).due_date == date(2026, 7, 13)


# -- hours -----------------------------------------------------------------------------------------


def test_hours_are_over_so_many_hours_after_the_moment_of_receipt() -> None:
    started = start(HOURS, NOW + 123 * INSTANT)
    assert (started.basis, started.allowance) == ("hours", 72)
    assert started.late_from == at("2026-03-05T10:00-05:00") + 123 * INSTANT
    assert started.due_date == date(2026, 3, 5)
    assert started.warn_at == at("2026-03-04T10:00-05:00") + 123 * INSTANT


def test_hours_are_hours_when_the_clocks_of_the_street_change() -> None:
    started = start(HOURS, at("2026-03-06T10:00-05:00"))  # they go forward on March 8
    assert started.late_from == at("2026-03-09T11:00-04:00")


def test_hours_that_are_over_at_midnight_have_the_day_before_as_their_last() -> None:
    started = start(HOURS, at("2026-03-02T00:00-05:00"))
    assert started.late_from == at("2026-03-05T00:00-05:00")
    assert started.due_date == date(2026, 3, 4)


def test_a_clock_of_hours_goes_on_with_the_seconds_that_were_left() -> None:
    asked, answered = NOW + timedelta(hours=70), NOW + timedelta(hours=100)
    waiting = clocks.pause(start(HOURS), CALENDAR, asked)
    assert (waiting.remaining_seconds, waiting.remaining_days) == (2 * 3600, None)
    goes_on = clocks.resume(waiting, HOURS, CALENDAR, answered)
    assert goes_on.late_from == answered + timedelta(hours=2)
    assert goes_on.remaining_seconds is None


@given(MOMENTS, PAUSES)
def test_the_hours_that_it_ran_are_the_allowance(
    received: datetime, pauses: list[tuple[int, int]]
) -> None:
    now, running, ran = received, start(HOURS, received), timedelta()
    for runs, stands in pauses:
        asked = now + runs * SECOND
        if clocks.is_over(running, asked):
            break
        ran += runs * SECOND
        now = asked + stands * SECOND
        waiting = clocks.pause(running, CALENDAR, asked)
        running = clocks.resume(waiting, HOURS, CALENDAR, now)
    assert running.late_from is not None
    assert ran + (running.late_from - now) == timedelta(hours=72)


@given(MOMENTS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_part_of_a_second_is_given_to_the_plan(received: datetime, ran: int, stood: int) -> None:
    started = start(HOURS, received)
    asked = received + ran * INSTANT
    answered = asked + stood * INSTANT
    goes_on = clocks.resume(clocks.pause(started, CALENDAR, asked), HOURS, CALENDAR, answered)
    assert goes_on.late_from is not None and started.late_from is not None
    assert stood * INSTANT <= goes_on.late_from - started.late_from < stood * INSTANT + SECOND


# -- all of them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowance", "days", "seconds"),
    [(THIRTY, 30, None), (NINETY, 90, None), (HOURS, None, 72 * 3600)],
)
def test_no_deadline_while_the_clock_stands_still(
    allowance: Allowance, days: int | None, seconds: int | None
) -> None:
    waiting = clocks.pause(start(allowance), CALENDAR, NOW)
    assert (waiting.due_date, waiting.late_from, waiting.warn_at) == (None, None, None)
    assert (waiting.remaining_days, waiting.remaining_seconds) == (days, seconds)
    assert timers(waiting) == ()
    assert clocks.pause(waiting, CALENDAR, NOW + 5 * DAY) == waiting
    later = NOW + 400 * DAY
    assert not clocks.is_near(waiting, later) and not clocks.is_over(waiting, later)


@given(ALLOWANCES)
def test_a_clock_that_has_run_out_stays_as_it_is(allowance: Allowance) -> None:
    over = clocks.breached(start(allowance))
    assert clocks.pause(over, CALENDAR, NOW) == over
    assert clocks.resume(over, allowance, CALENDAR, NOW) == over
    assert timers(over) == () and not clocks.is_over(over, NOW + 400 * DAY)


@given(MOMENTS, ALLOWANCES)
def test_the_warning_comes_before_the_end_and_once(received: datetime, of: Allowance) -> None:
    started = start(of, received)
    assert started.warn_at is not None and started.late_from is not None
    assert received <= started.warn_at < started.late_from
    assert not clocks.is_near(started, started.warn_at - INSTANT)
    assert clocks.is_near(started, started.warn_at)
    assert not clocks.is_near(clocks.warned(started), started.late_from)
    assert not clocks.is_near(clocks.breached(started), started.late_from)


def timers(clock: SlaClock) -> tuple[SetTimer, ...]:
    about = {"tin": "111222333", "number": "PMR-1"}
    return clocks.timers(clock, "PMR-1", WarnSla(**about), BreachSla(**about))


@given(ALLOWANCES)
def test_a_clock_that_runs_has_a_timer_for_each_moment_and_one_fewer_once_warned(
    of: Allowance,
) -> None:
    clock = start(of)
    found = {timer.key: (timer.due_at, timer.command.TYPE) for timer in timers(clock)}
    warn, breach = clocks.timer_keys("PMR-1")
    assert found == {
        warn: (clock.warn_at, WarnSla.TYPE),
        breach: (clock.late_from, BreachSla.TYPE),
    }
    assert [timer.key for timer in timers(clocks.warned(clock))] == [breach]


@given(MOMENTS, DAYS, st.integers(0, 30 * 24 * 3600), st.integers(0, 90 * 24 * 3600))
def test_a_stop_never_makes_it_due_earlier_and_costs_nothing_on_one_day(
    received: datetime, allowance: Allowance, ran: int, stood: int
) -> None:
    started = start(allowance, received)
    asked = received + ran * SECOND
    answered = asked + stood * SECOND
    waiting = clocks.pause(started, CALENDAR, asked)
    goes_on = clocks.resume(waiting, allowance, CALENDAR, answered)
    assert started.due_date is not None and goes_on.due_date is not None
    assert goes_on.due_date >= started.due_date
    if CALENDAR.day_of(asked) == CALENDAR.day_of(answered):
        assert goes_on == started


@given(MOMENTS, PAUSES, DAYS)
def test_the_days_that_began_while_the_clock_ran_are_the_allowance(
    received: datetime, pauses: list[tuple[int, int]], allowance: Allowance
) -> None:
    """Counted as a person would, with a calendar on the wall and a cross on every day."""
    now, running, business = received, start(allowance, received), allowance.business
    crosses = 0
    for runs, stands in pauses:
        asked = now + runs * SECOND
        if clocks.is_over(running, asked):
            break
        crosses += _begun(now, CALENDAR.day_of(asked), business)
        now = asked + stands * SECOND
        waiting = clocks.pause(running, CALENDAR, asked)
        running = clocks.resume(waiting, allowance, CALENDAR, now)
    assert running.due_date is not None
    if crosses == running.allowance:  # nothing was left: the day of the answer, or the next to work
        assert _begun(now, running.due_date, business) == (running.due_date != CALENDAR.day_of(now))
    else:
        assert crosses + _begun(now, running.due_date, business) == running.allowance


def _begun(since: datetime, last: date, business: bool) -> int:
    """Days that began after `since`, up to and including `last`."""
    day, count = CALENDAR.day_of(since) + DAY, 0
    while day <= last:
        count += not business or (day.weekday() < 5 and day not in HOLIDAYS)
        day += DAY
    return count


@given(ALLOWANCES)
def test_the_json_of_a_clock_says_all_of_it(allowance: Allowance) -> None:
    started = start(allowance)
    for said in (started, clocks.pause(started, CALENDAR, NOW + DAY)):
        assert SlaClock.model_validate_json(said.model_dump_json()) == said
