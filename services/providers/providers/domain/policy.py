"""What the plan may choose, as plain data. The settings fill it in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo


@dataclass(frozen=True, slots=True)
class Policy:
    """Time limits, working days and the words for wrong doors."""

    zone: tzinfo
    """A day begins and ends where the plan is."""
    holidays: frozenset[date]
    """Days of the week on which the plan does not work."""
    contract_form: str
    """Where to go for a Tax ID or IRS change (PR-04)."""
    contracting_contact: str
    """Where to go for closing a practice (PR-04)."""
    request_days: int = 30
    onboarding_days: int = 90
    warn_days: int = 5
    warn_business_days: int = 10
    past_days: int = 365
    ahead_days: int = 365

    def day_of(self, moment: datetime) -> date:
        """The date on the plan's calendar."""
        return moment.astimezone(self.zone).date()

    def begin_of(self, day: date) -> datetime:
        """Midnight at which the day begins, in UTC."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)
