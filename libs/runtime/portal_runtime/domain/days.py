"""Days are the plan's days: the one piece that turns moments into days and counts them.

A day begins and ends at midnight where the plan is; it has 23 or 25 hours when the clocks change.
The time of day at which something comes does not matter. Whoever has N days from day D is in time
through the end of day D + N, and late from the first moment of the day after.

Pure: a domain may import it, as it may `decision`. Clocks of hours (72 hours, half an hour) do not
belong here: they are counted from the moment, with `timedelta(hours=…)`.
"""

from calendar import monthrange
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from portal_contracts.words import long_date as long_date

_DAY = timedelta(days=1)
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)
LAST_MOMENT = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PlanCalendar:
    """The days of a plan. Nothing here raises at either end of the calendar: it stops there."""

    zone: tzinfo
    """Where the plan is."""
    holidays: Container[date] = frozenset()
    """Days on which it does not work, beside Saturdays and Sundays."""

    def day_of(self, moment: datetime) -> date:
        """The day on which a moment lies."""
        try:
            return moment.astimezone(self.zone).date()
        except OverflowError:  # year 0 or 10000, there
            return moment.date()

    def start_of(self, day: date) -> datetime:
        """The first moment of a day, in UTC."""
        # Where the clocks skip midnight, `fold=0` makes this the moment at which they do.
        try:
            return datetime.combine(day, time.min, self.zone).astimezone(UTC)
        except OverflowError:
            return FIRST_MOMENT if day.year == 1 else LAST_MOMENT

    def end_of(self, day: date) -> datetime:
        """The first moment that does not belong to a day or one before it any more, in UTC."""
        return LAST_MOMENT if day == date.max else self.start_of(next_day(day))

    def due_day(self, start: date, days: int, *, business: bool = False) -> date:
        """The last day in time when so many days count after `start`, which itself does not.

        Business days: Monday to Friday without the plan's holidays. With no days it is `start`
        itself, or the first business day after it.
        """
        if not business:
            return days_later(start, days)
        day = next_day(start) if days else start
        while day < date.max:
            days -= self.is_business_day(day)
            if days <= 0 and self.is_business_day(day):
                break
            day = next_day(day)
        return day

    def day_before(self, end: date, days: int, *, business: bool = False) -> date:
        """The day so many days before `end`: one from which `due_day` comes back to it."""
        if not business:
            return days_later(end, -days)
        day = end
        while days > 0 and day > date.min:
            day = previous_day(day)
            days -= self.is_business_day(day)
        return day

    def days_between(self, start: date, end: date, *, business: bool = False) -> int:
        """How many days count after `start`, up to and including `end`; none in the wrong order."""
        days = max((end - start).days, 0)
        if not business:
            return days
        return sum(self.is_business_day(start + _DAY * n) for n in range(1, days + 1))

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def long_moment(self, moment: datetime) -> str:
        """'March 4, 2026, 3:05 PM EST', as clocks show it where the plan is."""
        local = moment.astimezone(self.zone)
        half = "AM" if local.hour < 12 else "PM"
        clock = f"{local.hour % 12 or 12}:{local.minute:02d} {half}"
        return f"{long_date(local.date())}, {clock} {local.tzname() or ''}".rstrip()


def next_day(day: date) -> date:
    return days_later(day, 1)


def previous_day(day: date) -> date:
    return days_later(day, -1)


def add_months(day: date, months: int) -> date:
    """The same day some months on (or back); the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_later(day: date, days: int) -> date:
    """So many calendar days later; earlier, where they are negative."""
    try:
        return day + _DAY * days
    except OverflowError:
        return date.max if days > 0 else date.min
