"""What a plan chooses, as the rules take it; the service's settings make it."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from portal_contracts.common import LineOfBusiness
from portal_runtime.decision import Context


@dataclass(frozen=True, slots=True)
class Plan:
    """Time zone and limits (domain notes 2.8, 2.9)."""

    zone: tzinfo
    lookback_months: int = 24
    grace_months: dict[LineOfBusiness, int] = field(default_factory=lambda: {"marketplace": 3})
    """Members with premium subsidies have three months by law."""
    other_grace_months: int = 1

    def day_of(self, moment: datetime) -> date:
        """The plan's calendar day."""
        return moment.astimezone(self.zone).date()

    def grace_of(self, line_of_business: LineOfBusiness) -> int:
        return self.grace_months.get(line_of_business, self.other_grace_months)


def plan_of(ctx: Context) -> Plan:
    """The plan's choices, which the service's settings carry."""
    plan: Plan = ctx.settings.plan
    return plan


def add_months(day: date, months: int) -> date:
    """The same day some months on; the last of the month where there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
