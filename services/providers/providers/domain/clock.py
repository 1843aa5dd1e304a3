"""PR-02, PR-03: the clock of a request, in whole days of the plan. It stops while the plan asks.

A day counts when the clock runs as the day begins. So the day of receipt does not count, nor does
the day of an answer; the day of a question does. The request is due on the day that uses up the
allowance, and in time until that day is over. A question answered on the same day therefore moves
nothing; otherwise a request with calendar days is due as many days later as the answer came after
the question, and never earlier. A question on the due day leaves no day: then it is due on the day
of the answer (where business days count: on the next one, if that is none).

The warning comes as the day begins that lies so many days, of the same kind, before the due day.
"""

from datetime import date, datetime

from portal_contracts.providers.clock import SlaClock
from portal_contracts.providers.commands import BreachSla, WarnSla
from portal_runtime.domain.decision import SetTimer
from providers.domain.policy import Policy


def start(policy: Policy, now: datetime, *, onboarding: bool) -> SlaClock:
    """The clock of a request received now: 30 calendar days, or 90 business days (onboarding)."""
    allowance = policy.onboarding_days if onboarding else policy.request_days
    clock = SlaClock(
        basis="business_days" if onboarding else "calendar_days",
        allowance=allowance,
        due_date=None,
        late_from=None,
        warn_at=None,
    )
    return _run(clock, policy, policy.calendar.day_of(now), allowance)


def pause(clock: SlaClock, policy: Policy, now: datetime) -> SlaClock:
    """Stop, keeping the days that are left. One that has run out or stands still stays as it is."""
    if clock.breached or clock.due_date is None:
        return clock
    today = policy.calendar.day_of(now)
    left = policy.calendar.days_between(today, clock.due_date, business=_business(clock))
    stopped = {"due_date": None, "late_from": None, "warn_at": None, "remaining_days": left}
    return clock.model_copy(update=stopped)


def resume(clock: SlaClock, policy: Policy, now: datetime) -> SlaClock:
    """Go on with the days that were left."""
    if clock.remaining_days is None:
        return clock
    return _run(clock, policy, policy.calendar.day_of(now), clock.remaining_days)


def is_near(clock: SlaClock, now: datetime) -> bool:
    """Whether the warning is due and was not given yet."""
    given = clock.warned or clock.breached
    return not given and clock.warn_at is not None and now >= clock.warn_at


def is_over(clock: SlaClock, now: datetime) -> bool:
    """Whether the due day is over and nobody has noted it yet."""
    return not clock.breached and clock.late_from is not None and now >= clock.late_from


def timer_keys(number: str) -> tuple[str, str]:
    return f"{number}:warn", f"{number}:breach"


def timers(clock: SlaClock, tin: str, number: str) -> tuple[SetTimer, ...]:
    """The timers a running clock needs; none for one that stands still or has run out."""
    if clock.late_from is None or clock.breached:
        return ()
    warn, breach = timer_keys(number)
    deadline = SetTimer(breach, clock.late_from, BreachSla(tin=tin, number=number))
    if clock.warned or clock.warn_at is None:
        return (deadline,)
    return SetTimer(warn, clock.warn_at, WarnSla(tin=tin, number=number)), deadline


def _run(clock: SlaClock, policy: Policy, today: date, days: int) -> SlaClock:
    calendar, business = policy.calendar, _business(clock)
    due_date = calendar.due_day(today, days, business=business)
    ahead = policy.warn_business_days if business else policy.warn_days
    warn_date = calendar.day_before(due_date, ahead, business=business)
    running = {
        "due_date": due_date,
        "late_from": calendar.end_of(due_date),
        "warn_at": calendar.start_of(warn_date),
        "remaining_days": None,
    }
    return clock.model_copy(update=running)


def _business(clock: SlaClock) -> bool:
    return clock.basis == "business_days"
