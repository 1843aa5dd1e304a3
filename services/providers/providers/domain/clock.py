"""PR-02, PR-03: the clock of a request. It stands still while the plan waits for an answer.

A calendar clock keeps the exact time that is left. A business clock keeps days: the day of receipt
and the day of an answer are not counted, the day of a question is; due is the end of the last day.
"""

from datetime import UTC, date, datetime, timedelta

from portal_contracts.providers.clock import SlaClock
from portal_contracts.providers.commands import BreachSla, WarnSla
from portal_runtime.decision import SetTimer
from providers.domain.policy import Policy
from providers.domain.workdays import DAY, count_workdays, nth_workday, nth_workday_back


def start(policy: Policy, now: datetime, *, onboarding: bool) -> SlaClock:
    """The clock of a request received now: 30 calendar days, or 90 business days (onboarding)."""
    clock = SlaClock(
        basis="business_days" if onboarding else "calendar_days",
        allowance=policy.onboarding_days if onboarding else policy.request_days,
        due_at=None,
        due_date=None,
        warn_at=None,
    )
    if onboarding:
        return _run_workdays(clock, policy, policy.day_of(now), clock.allowance)
    return _run_time(clock, policy, now, timedelta(days=clock.allowance))


def pause(clock: SlaClock, policy: Policy, now: datetime) -> SlaClock:
    """Stop, keeping what is left. A clock that has run out stays as it is."""
    if clock.breached or clock.due_at is None or clock.due_date is None:
        return clock
    left: dict[str, object] = {"due_at": None, "due_date": None, "warn_at": None}
    if clock.basis == "calendar_days":
        left["remaining"] = clock.due_at - now
    else:
        tomorrow = policy.day_of(now) + DAY
        left["remaining_days"] = count_workdays(tomorrow, clock.due_date, policy.holidays)
    return clock.model_copy(update=left)


def resume(clock: SlaClock, policy: Policy, now: datetime) -> SlaClock:
    """Go on with what was left."""
    if clock.remaining is not None:
        return _run_time(clock, policy, now, clock.remaining)
    if clock.remaining_days is not None:
        return _run_workdays(clock, policy, policy.day_of(now), clock.remaining_days)
    return clock


def is_near(clock: SlaClock, now: datetime) -> bool:
    """Whether the warning is due and was not given yet."""
    given = clock.warned or clock.breached
    return not given and clock.warn_at is not None and now >= clock.warn_at


def is_over(clock: SlaClock, now: datetime) -> bool:
    """Whether the deadline has come and nobody has noted it yet."""
    return not clock.breached and clock.due_at is not None and now >= clock.due_at


def timer_keys(number: str) -> tuple[str, str]:
    return f"{number}:warn", f"{number}:breach"


def timers(clock: SlaClock, tin: str, number: str) -> tuple[SetTimer, ...]:
    """The timers a running clock needs; none for one that stands still or has run out."""
    if clock.due_at is None or clock.breached:
        return ()
    warn, breach = timer_keys(number)
    deadline = SetTimer(breach, clock.due_at, BreachSla(tin=tin, number=number))
    if clock.warned or clock.warn_at is None:
        return (deadline,)
    return SetTimer(warn, clock.warn_at, WarnSla(tin=tin, number=number)), deadline


def _run_time(clock: SlaClock, policy: Policy, now: datetime, left: timedelta) -> SlaClock:
    due_at = (now + left).astimezone(UTC)
    return clock.model_copy(
        update={
            "due_at": due_at,
            "due_date": policy.day_of(due_at),
            "warn_at": due_at - timedelta(days=policy.warn_days),
            "remaining": None,
        }
    )


def _run_workdays(clock: SlaClock, policy: Policy, today: date, days: int) -> SlaClock:
    # A question on the last day leaves nothing: then the day of the answer is the last one.
    first, count = (today + DAY, days) if days else (today, 1)
    due_date = nth_workday(first, count, policy.holidays)
    warn_date = nth_workday_back(due_date, policy.warn_business_days, policy.holidays)
    return clock.model_copy(
        update={
            "due_at": policy.begin_of(due_date + DAY),
            "due_date": due_date,
            "warn_at": policy.begin_of(warn_date),
            "remaining_days": None,
        }
    )
