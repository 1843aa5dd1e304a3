"""PR-02, PR-03: due dates, and a clock that stands still in between."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_contracts.providers.clock import SlaClock
from providers.domain import clock
from providers.domain.workdays import count_workdays
from tests.unit.providers.desk import HOLIDAYS, NOW, make_policy

POLICY = make_policy()
GAPS = st.lists(
    st.tuples(st.integers(0, 20 * 24 * 3600), st.integers(0, 40 * 24 * 3600)), max_size=8
)


def test_a_request_is_due_thirty_calendar_days_after_receipt() -> None:
    started = clock.start(POLICY, NOW, onboarding=False)
    assert started.due_at == NOW + timedelta(days=30)
    assert started.due_date == date(2026, 4, 1)
    assert started.warn_at == NOW + timedelta(days=25)


def test_onboarding_is_due_at_the_end_of_the_ninetieth_business_day() -> None:
    started = clock.start(POLICY, NOW, onboarding=True)
    assert started.due_date == date(2026, 7, 9)
    assert started.due_at == datetime(2026, 7, 10, 4, 0, tzinfo=UTC)  # midnight in New York
    assert started.warn_at is not None
    warn_date = POLICY.day_of(started.warn_at)
    assert count_workdays(warn_date, started.due_date, HOLIDAYS) == 10


def test_a_request_that_comes_late_in_the_evening_belongs_to_the_plans_day() -> None:
    evening = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)  # still Monday in New York
    assert clock.start(POLICY, evening, onboarding=True).due_date == date(2026, 7, 9)


def test_no_deadline_while_the_clock_stands_still() -> None:
    stopped = clock.pause(clock.start(POLICY, NOW, onboarding=False), POLICY, NOW)
    assert (stopped.due_at, stopped.due_date, stopped.warn_at) == (None, None, None)
    assert stopped.remaining == timedelta(days=30)
    assert clock.timers(stopped, "111222333", "PMR-1") == ()


@pytest.mark.parametrize("onboarding", [False, True])
def test_a_question_answered_at_once_costs_nothing(onboarding: bool) -> None:
    started = clock.start(POLICY, NOW, onboarding=onboarding)
    later = NOW + timedelta(days=3)
    assert clock.resume(clock.pause(started, POLICY, later), POLICY, later) == started


def test_a_business_clock_goes_on_with_the_days_that_were_left() -> None:
    started = clock.start(POLICY, NOW, onboarding=True)
    wednesday, friday = NOW + timedelta(days=2), NOW + timedelta(days=4)
    goes_on = clock.resume(clock.pause(started, POLICY, wednesday), POLICY, friday)
    assert goes_on.due_date == date(2026, 7, 13)  # two workdays later, a Monday


def test_a_clock_that_has_run_out_stays_as_it_is() -> None:
    over = clock.start(POLICY, NOW, onboarding=False).model_copy(update={"breached": True})
    assert clock.pause(over, POLICY, NOW) == over
    assert clock.resume(over, POLICY, NOW) == over


@given(GAPS)
def test_running_time_of_a_calendar_clock_is_its_allowance(gaps: list[tuple[int, int]]) -> None:
    now, ran, running = NOW, timedelta(0), clock.start(POLICY, NOW, onboarding=False)
    for runs, stands in gaps:
        runs_on = now + timedelta(seconds=runs)
        if clock.is_over(running, runs_on):
            break
        ran += runs_on - now
        now = runs_on + timedelta(seconds=stands)
        running = clock.resume(clock.pause(running, POLICY, runs_on), POLICY, now)
    assert running.due_at is not None
    assert ran + (running.due_at - now) == timedelta(days=30)


@given(GAPS)
def test_business_days_that_count_are_the_allowance(gaps: list[tuple[int, int]]) -> None:
    """Workdays after the receipt or an answer, up to and including the day of a question."""
    now, running = NOW, clock.start(POLICY, NOW, onboarding=True)
    counted, day = 0, timedelta(days=1)
    for runs, stands in gaps:
        asked = now + timedelta(seconds=runs)
        if clock.is_over(running, asked):
            break
        counted += count_workdays(POLICY.day_of(now) + day, POLICY.day_of(asked), HOLIDAYS)
        now = asked + timedelta(seconds=stands)
        running = clock.resume(clock.pause(running, POLICY, asked), POLICY, now)
    assert running.due_date is not None
    left = count_workdays(POLICY.day_of(now) + day, running.due_date, HOLIDAYS)
    # With no day left an answer on a day off moves the deadline to the next workday.
    assert counted + left == 90 or (counted == 90 and left == 1)


def test_the_json_of_a_stopped_clock_keeps_every_microsecond() -> None:
    moment = NOW + timedelta(days=1, microseconds=7)
    stopped = clock.pause(clock.start(POLICY, NOW, onboarding=False), POLICY, moment)
    assert SlaClock.model_validate_json(stopped.model_dump_json()) == stopped


def test_a_question_on_the_last_day_leaves_the_plan_the_day_of_the_answer() -> None:
    started = clock.start(POLICY, NOW, onboarding=True)
    last_day = datetime(2026, 7, 9, 15, 0, tzinfo=UTC)
    stopped = clock.pause(started, POLICY, last_day)
    assert stopped.remaining_days == 0
    saturday = datetime(2026, 7, 11, 15, 0, tzinfo=UTC)
    assert clock.resume(stopped, POLICY, last_day).due_date == date(2026, 7, 9)
    assert clock.resume(stopped, POLICY, saturday).due_date == date(2026, 7, 13)


def test_a_question_on_the_day_of_receipt_costs_no_day() -> None:
    started = clock.start(POLICY, NOW, onboarding=True)
    assert clock.resume(clock.pause(started, POLICY, NOW), POLICY, NOW) == started
