"""PR-02, PR-03: due days, and a clock that stops in between."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_contracts.providers.clock import SlaClock
from portal_runtime.domain.days import PlanCalendar
from providers.domain import clock
from tests.unit.providers.desk import HOLIDAYS, NOW, make_policy

POLICY = make_policy()
CALENDAR = POLICY.calendar
DAY = timedelta(days=1)
PAUSES = st.lists(
    st.tuples(st.integers(0, 20 * 24 * 3600), st.integers(0, 40 * 24 * 3600)), max_size=8
)
"""Seconds that the clock runs, and seconds that it then stands still."""
MOMENTS = st.integers(0, 400 * 24 * 3600).map(lambda n: NOW + timedelta(seconds=n))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_request_is_due_thirty_calendar_days_after_receipt() -> None:
    started = clock.start(POLICY, NOW, onboarding=False)  # on March 2
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
    started = clock.start(POLICY, at(received), onboarding=False)
    assert started.due_date == due
    last = CALENDAR.end_of(due)
    assert not clock.is_over(started, last - timedelta(microseconds=1))
    assert clock.is_over(started, last)


@pytest.mark.parametrize(
    ("zone", "due"), [("Pacific/Honolulu", date(2026, 3, 31)), ("Asia/Kolkata", date(2026, 4, 1))]
)
def test_the_plans_day_of_receipt_counts_wherever_the_plan_is(zone: str, due: date) -> None:
    policy = type(POLICY)(PlanCalendar(ZoneInfo(zone)), "form", "contact")
    evening = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # March 1 in Honolulu
    assert clock.start(policy, evening, onboarding=False).due_date == due


def test_onboarding_is_due_at_the_end_of_the_ninetieth_business_day() -> None:
    started = clock.start(POLICY, NOW, onboarding=True)
    assert started.due_date == date(2026, 7, 9)
    assert started.late_from == at("2026-07-10T00:00-04:00")
    # July 3 is a holiday: 24, 25, 26, 29, 30, 1, 2, 6, 7, 8 are ten business days before the ninth.
    assert started.warn_at == at("2026-06-24T00:00-04:00")


def test_a_request_that_comes_late_in_the_evening_belongs_to_the_plans_day() -> None:
    evening = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)  # still Monday in New York
    assert clock.start(POLICY, evening, onboarding=True).due_date == date(2026, 7, 9)


def test_no_deadline_while_the_clock_stands_still() -> None:
    stopped = clock.pause(clock.start(POLICY, NOW, onboarding=False), POLICY, NOW)
    assert (stopped.due_date, stopped.late_from, stopped.warn_at) == (None, None, None)
    assert stopped.remaining_days == 30
    assert clock.timers(stopped, "111222333", "PMR-1") == ()
    assert clock.pause(stopped, POLICY, NOW + 5 * DAY) == stopped


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
def test_a_request_is_due_as_many_days_later_as_the_answer_came_after_the_question(
    asked: str, answered: str, due: date
) -> None:
    stopped = clock.pause(clock.start(POLICY, NOW, onboarding=False), POLICY, at(asked))
    assert clock.resume(stopped, POLICY, at(answered)).due_date == due


def test_a_business_clock_goes_on_with_the_days_that_were_left() -> None:
    started = clock.start(POLICY, NOW, onboarding=True)
    wednesday, friday = NOW + 2 * DAY, NOW + 4 * DAY
    goes_on = clock.resume(clock.pause(started, POLICY, wednesday), POLICY, friday)
    assert goes_on.due_date == date(2026, 7, 13)  # two workdays later, a Monday


def test_a_clock_that_has_run_out_stays_as_it_is() -> None:
    over = clock.start(POLICY, NOW, onboarding=False).model_copy(update={"breached": True})
    assert clock.pause(over, POLICY, NOW) == over
    assert clock.resume(over, POLICY, NOW) == over


@given(MOMENTS, st.booleans(), st.integers(0, 30 * 24 * 3600), st.integers(0, 90 * 24 * 3600))
def test_a_stop_never_makes_it_due_earlier_and_costs_nothing_on_one_day(
    received: datetime, onboarding: bool, ran: int, stood: int
) -> None:
    started = clock.start(POLICY, received, onboarding=onboarding)
    asked = received + timedelta(seconds=ran)
    answered = asked + timedelta(seconds=stood)
    goes_on = clock.resume(clock.pause(started, POLICY, asked), POLICY, answered)
    assert started.due_date is not None and goes_on.due_date is not None
    assert goes_on.due_date >= started.due_date
    if CALENDAR.day_of(asked) == CALENDAR.day_of(answered):
        assert goes_on == started


@given(MOMENTS, PAUSES, st.booleans())
def test_the_days_that_began_while_the_clock_ran_are_the_allowance(
    received: datetime, pauses: list[tuple[int, int]], onboarding: bool
) -> None:
    """Counted as a person would, with a calendar on the wall and a cross on every day."""
    now, running = received, clock.start(POLICY, received, onboarding=onboarding)
    crosses = 0
    for runs, stands in pauses:
        asked = now + timedelta(seconds=runs)
        if clock.is_over(running, asked):
            break
        crosses += _begun(now, CALENDAR.day_of(asked), onboarding)
        now = asked + timedelta(seconds=stands)
        running = clock.resume(clock.pause(running, POLICY, asked), POLICY, now)
    assert running.due_date is not None
    if crosses == running.allowance:  # nothing was left: the day of the answer, or the next to work
        assert _begun(now, running.due_date, onboarding) == (
            running.due_date != CALENDAR.day_of(now)
        )
    else:
        assert crosses + _begun(now, running.due_date, onboarding) == running.allowance


def _begun(since: datetime, last: date, onboarding: bool) -> int:
    """Days that began after `since`, up to and including `last`."""
    day, count = CALENDAR.day_of(since) + DAY, 0
    while day <= last:
        count += not onboarding or (day.weekday() < 5 and day not in HOLIDAYS)
        day += DAY
    return count


def test_the_json_of_a_clock_says_all_of_it() -> None:
    started = clock.start(POLICY, NOW, onboarding=False)
    for said in (started, clock.pause(started, POLICY, NOW + DAY)):
        assert SlaClock.model_validate_json(said.model_dump_json()) == said


def test_a_question_on_the_last_day_leaves_the_plan_the_day_of_the_answer() -> None:
    started = clock.start(POLICY, NOW, onboarding=True)
    last_day = datetime(2026, 7, 9, 15, 0, tzinfo=UTC)
    stopped = clock.pause(started, POLICY, last_day)
    assert stopped.remaining_days == 0
    saturday = datetime(2026, 7, 11, 15, 0, tzinfo=UTC)
    assert clock.resume(stopped, POLICY, last_day).due_date == date(2026, 7, 9)
    assert clock.resume(stopped, POLICY, saturday).due_date == date(2026, 7, 13)
