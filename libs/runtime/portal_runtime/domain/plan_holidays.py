"""Days of the week on which the plan does not work: public holidays, and what its settings say."""

from collections.abc import Collection
from datetime import date
from functools import cached_property


class ClosedDays:
    """Asked day by day. The tables of holidays are loaded for the first day that is asked about:

    most services count no business days, and loading takes a third of a second.
    """

    def __init__(
        self,
        country: str,
        subdivision: str | None,
        also: Collection[date],
        worked: Collection[date],
    ) -> None:
        """`also`: further days without work; `worked`: public holidays on which the plan works."""
        self._place = country, subdivision
        self._also = frozenset(also)
        self._worked = frozenset(worked)

    def __contains__(self, day: object) -> bool:
        if day in self._also:
            return day not in self._worked
        return day in self._public and day not in self._worked

    @cached_property
    def _public(self) -> Collection[date]:
        from holidays import country_holidays

        country, subdivision = self._place
        public: Collection[date] = country_holidays(country, subdiv=subdivision)
        return public
