"""Settings of the providers service: the plan's time limits and contacts."""

from pydantic import Field

from portal_runtime.settings import RuntimeSettings


class ProvidersSettings(RuntimeSettings):
    """What a plan chooses; everything else is common to all services."""

    request_days: int = Field(30, ge=1, description="Calendar days for a maintenance request")
    onboarding_days: int = Field(90, ge=1, description="Business days for onboarding a provider")
    warn_days: int = Field(5, ge=1, description="Warning before the deadline, calendar days")
    warn_business_days: int = Field(10, ge=1, description="The same when onboarding, business days")
    request_past_days: int = Field(365, ge=0, description="Effective date: most days in the past")
    request_ahead_days: int = Field(365, ge=0, description="Effective date: most days ahead")
    contract_form: str = Field(
        "https://plan.example/new-health-partner-contract",
        description="Where the New Health Partner Contract form is",
    )
    contracting_contact: str = Field(
        "phone 1-800-555-0142, contracting@plan.example",
        description="How to reach Market Contracting",
    )
