"""What a plan chooses, in the form the rules use; the service's settings create it."""

from dataclasses import dataclass, field

from portal_contracts.common import LineOfBusiness
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.domain.decision import Context


@dataclass(frozen=True, slots=True)
class Plan:
    """Days and limits (domain notes 2.8, 2.9)."""

    calendar: PlanCalendar
    lookback_months: int = 24
    grace_months: dict[LineOfBusiness, int] = field(default_factory=lambda: {"marketplace": 3})
    """Members with premium subsidies have three months by law."""
    other_grace_months: int = 1

    def grace_of(self, line_of_business: LineOfBusiness) -> int:
        return self.grace_months.get(line_of_business, self.other_grace_months)


def plan_of(ctx: Context) -> Plan:
    """The plan's choices, which the service's settings carry."""
    plan: Plan = ctx.settings.plan
    return plan
