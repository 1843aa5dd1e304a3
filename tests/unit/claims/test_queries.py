"""CL-09 Days of a search are the plan's days."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from claims.queries import _filters
from portal_contracts.claims.queries import SearchClaims
from portal_runtime.domain.days import LAST_MOMENT, PlanCalendar

NEW_YORK = PlanCalendar(ZoneInfo("America/New_York"))


def moments(query: SearchClaims) -> list[datetime]:
    _, values = _filters(query, NEW_YORK)
    return values


def test_a_day_of_receipt_begins_and_ends_at_the_plans_midnight() -> None:
    query = SearchClaims(received_from=date(2026, 1, 5), received_to=date(2026, 1, 5))
    assert moments(query) == [
        datetime(2026, 1, 5, 5, tzinfo=UTC),
        datetime(2026, 1, 6, 5, tzinfo=UTC),
    ]


def test_the_day_on_which_the_clocks_go_forward_has_23_hours() -> None:
    query = SearchClaims(received_from=date(2026, 3, 8), received_to=date(2026, 3, 8))
    assert moments(query) == [
        datetime(2026, 3, 8, 5, tzinfo=UTC),
        datetime(2026, 3, 9, 4, tzinfo=UTC),
    ]


def test_the_calendars_last_day_is_no_end() -> None:
    assert moments(SearchClaims(received_to=date.max)) == [LAST_MOMENT]
