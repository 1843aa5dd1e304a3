"""What a plan chooses, as the rules take it of the service's settings (domain notes 2.8, 2.9)."""

from typing import Protocol

from portal_contracts.common import LineOfBusiness
from portal_runtime.domain.days import PlanCalendar


class Plan(Protocol):
    """Days and limits; described in the settings."""

    @property
    def calendar(self) -> PlanCalendar: ...

    lookback_months: int
    grace_months: dict[LineOfBusiness, int]
    other_grace_months: int


def grace_of(plan: Plan, line_of_business: LineOfBusiness) -> int:
    """Months in which an unpaid premium may still be paid."""
    return plan.grace_months.get(line_of_business, plan.other_grace_months)
