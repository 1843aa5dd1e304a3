"""How sentences for people write values."""

from datetime import date, datetime

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def long_date(day: date) -> str:
    """'March 4, 2026': how a sentence for people names a day."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def in_words(value: str | int | date) -> str:
    """A value as it stands in a sentence.

    TypeError for a moment: what day and hour it is depends on where the plan is, so the caller says
    it (`PlanCalendar.long_moment`).
    """
    if isinstance(value, datetime):
        raise TypeError("a sentence names a day, or a moment as the plan's calendar says it")
    return long_date(value) if isinstance(value, date) else str(value)
