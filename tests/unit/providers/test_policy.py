"""PR-02: how long the plan may take, and when it is warned."""

from portal_runtime.domain.clocks import Allowance
from providers.domain.policy import allowance
from providers.settings import ProvidersSettings


def test_thirty_calendar_days_for_a_request_and_ninety_business_days_for_onboarding() -> None:
    settings = ProvidersSettings()
    assert allowance(settings, onboarding=False) == Allowance("calendar_days", 30, 5)
    assert allowance(settings, onboarding=True) == Allowance("business_days", 90, 10)


def test_a_plan_may_choose_others() -> None:
    settings = ProvidersSettings(
        request_days=20, warn_days=3, onboarding_days=60, warn_business_days=7
    )
    assert allowance(settings, onboarding=False) == Allowance("calendar_days", 20, 3)
    assert allowance(settings, onboarding=True) == Allowance("business_days", 60, 7)
