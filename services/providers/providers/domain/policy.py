"""What the plan may choose, as plain data. The settings fill it in."""

from dataclasses import dataclass

from portal_runtime.domain.days import PlanCalendar


@dataclass(frozen=True, slots=True)
class Policy:
    """Days, time limits and the words for wrong doors."""

    calendar: PlanCalendar
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
