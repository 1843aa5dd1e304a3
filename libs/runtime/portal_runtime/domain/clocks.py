"""Clocks that stop while the plan waits for an answer: due days, warning, breach (PR-02, PR-03).

A day counts when the clock runs as the day begins. So the day of receipt does not count, nor does
the day of an answer; the day of a question does. A clock is due on the day that uses up the
allowance, and in time until that day is over. A question answered on the same day therefore moves
nothing; otherwise calendar days are due as many days later as the answer came after the question,
and never earlier. A question on the due day leaves no day: then it is due on the day of the answer
(where business days count: on the next one, if that is none).

Hours count from the moment, and go on to the second. The warning comes so much before the end, in
the same unit; of days, as the day begins.

Pure: a domain may import it. Which allowance holds, and what the timers order, is the domain's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal_contracts.base import Command
from portal_contracts.clock import ClockBasis, SlaClock
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.domain.decision import SetTimer

_SECOND = timedelta(seconds=1)
_INSTANT = timedelta(microseconds=1)
_STOPPED = {"due_date": None, "late_from": None, "warn_at": None}
_RUNNING = {"remaining_days": None, "remaining_seconds": None}


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long the plan may take. Both numbers are of what `basis` counts."""

    basis: ClockBasis
    amount: int
    warning: int
    """How long before the end the plan's staff are warned."""

    @property
    def business(self) -> bool:
        return self.basis == "business_days"


def start(allowance: Allowance, calendar: PlanCalendar, now: datetime) -> SlaClock:
    """The clock of what has come now."""
    clock = SlaClock(basis=allowance.basis, allowance=allowance.amount, **_STOPPED)
    return _run(clock, allowance, calendar, now, _left(allowance))


def pause(clock: SlaClock, calendar: PlanCalendar, now: datetime) -> SlaClock:
    """Stop, keeping what is left. One that has run out or stands still stays as it is."""
    if clock.breached or clock.due_date is None or clock.late_from is None:
        return clock
    if clock.basis == "hours":
        left = max(-((now - clock.late_from) // _SECOND), 0)  # rounded up
        return clock.model_copy(update={**_STOPPED, "remaining_seconds": left})
    business = clock.basis == "business_days"
    left = calendar.days_between(calendar.day_of(now), clock.due_date, business=business)
    return clock.model_copy(update={**_STOPPED, "remaining_days": left})


def resume(
    clock: SlaClock, allowance: Allowance, calendar: PlanCalendar, now: datetime
) -> SlaClock:
    """Go on with what was left. `allowance`: the one it was started with."""
    left = clock.remaining_seconds if clock.basis == "hours" else clock.remaining_days
    return clock if left is None else _run(clock, allowance, calendar, now, left)


def is_near(clock: SlaClock, now: datetime) -> bool:
    """Whether the warning is due and was not given yet."""
    given = clock.warned or clock.breached
    return not given and clock.warn_at is not None and now >= clock.warn_at


def is_over(clock: SlaClock, now: datetime) -> bool:
    """Whether the time is over and nobody has noted it yet."""
    return not clock.breached and clock.late_from is not None and now >= clock.late_from


def warned(clock: SlaClock) -> SlaClock:
    """The warning has been given."""
    return clock.model_copy(update={"warned": True})


def breached(clock: SlaClock) -> SlaClock:
    """The deadline has passed."""
    return clock.model_copy(update={"breached": True})


def timer_keys(number: str) -> tuple[str, str]:
    """Keys of the timers of what has this number: to be canceled when it is decided or stops."""
    return f"{number}:warn", f"{number}:breach"


def timers(clock: SlaClock, number: str, warn: Command, breach: Command) -> tuple[SetTimer, ...]:
    """The timers a running clock needs; none for one that stands still or has run out.

    `warn`, `breach`: what each sends to the own service.
    """
    if clock.late_from is None or clock.breached:
        return ()
    warn_key, breach_key = timer_keys(number)
    deadline = SetTimer(breach_key, clock.late_from, breach)
    if clock.warned or clock.warn_at is None:
        return (deadline,)
    return SetTimer(warn_key, clock.warn_at, warn), deadline


def _left(allowance: Allowance) -> int:
    """All of it: days, or seconds."""
    return allowance.amount * 3600 if allowance.basis == "hours" else allowance.amount


def _run(
    clock: SlaClock, allowance: Allowance, calendar: PlanCalendar, now: datetime, left: int
) -> SlaClock:
    """The clock, running, with so many days or seconds left."""
    if allowance.basis == "hours":
        late_from = now + left * _SECOND
        due_date = calendar.day_of(late_from - _INSTANT)
        warn_at = late_from - timedelta(hours=allowance.warning)
    else:
        business = allowance.business
        due_date = calendar.due_day(calendar.day_of(now), left, business=business)
        late_from = calendar.end_of(due_date)
        warn_day = calendar.day_before(due_date, allowance.warning, business=business)
        warn_at = calendar.start_of(warn_day)
    running = {"due_date": due_date, "late_from": late_from, "warn_at": warn_at}
    return clock.model_copy(update={**running, **_RUNNING})
