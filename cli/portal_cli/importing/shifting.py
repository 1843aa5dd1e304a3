"""`--shift`: all dates moved by the same number of days, the newest service to last week."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from portal_cli.importing.files import SourceClaim
from portal_x12.values import Body, is_day

NEWEST_AGE = timedelta(days=7)
"""How long ago the newest service is then."""
SERVICE = ("from_date", "to_date", "service_date")
DATES = frozenset(
    {
        *SERVICE,
        "statement_from",
        "statement_to",
        "admission_date",
        "onset",
        "hospitalized_from",
        "hospitalized_to",
        "adjudicated_on",
        "date_of_death",
        "on",
    }
)
"""Not the date of birth: it says who somebody is."""


def shifted(claims: Sequence[SourceClaim], today: date) -> list[SourceClaim]:
    """The claims as if they were recent; intervals stay. Without any date they stay as they are."""
    newest = max((day for claim in claims for day in _service(claim.message.body)), default=None)
    if newest is None:
        return list(claims)
    by = today - NEWEST_AGE - newest
    return [
        replace(claim, message=replace(claim.message, body=_moved(claim.message.body, by)))
        for claim in claims
    ]


def _service(claim: Body) -> Iterator[date]:
    given = [claim.get("statement_to")]
    given += [line.get(name) for line in claim.get("lines", []) for name in SERVICE]
    yield from (date.fromisoformat(day) for day in given if day and is_day(day))


def _moved(value: Any, by: timedelta, name: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _moved(inner, by, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, by) for inner in value]
    if name in DATES and isinstance(value, str) and is_day(value):
        return _later(date.fromisoformat(value), by)
    return value


def _later(day: date, by: timedelta) -> str:
    try:
        return (day + by).isoformat()
    except OverflowError:  # the year 9999 of a slip; the service says what it thinks of it
        return day.isoformat()
