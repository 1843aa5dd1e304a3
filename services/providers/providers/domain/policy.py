"""What the plan may choose, and how long it may take (PR-02)."""

from typing import Protocol

from portal_runtime.domain.clocks import Allowance
from portal_runtime.domain.days import PlanCalendar


class Policy(Protocol):
    """What the rules take of the service's settings; described there."""

    @property
    def calendar(self) -> PlanCalendar: ...

    request_days: int
    onboarding_days: int
    warn_days: int
    warn_business_days: int
    request_past_days: int
    request_ahead_days: int
    contract_form: str
    contracting_contact: str


def allowance(policy: Policy, *, onboarding: bool) -> Allowance:
    """30 calendar days for a request; 90 business days for onboarding a provider."""
    if onboarding:
        return Allowance("business_days", policy.onboarding_days, policy.warn_business_days)
    return Allowance("calendar_days", policy.request_days, policy.warn_days)
