"""Settings of the providers service: the plan's time limits, working days and contacts."""

from datetime import date
from functools import cached_property

from pydantic import Field

from portal_runtime.settings import RuntimeSettings
from providers.domain.policy import Policy

HOLIDAY_YEARS = range(2020, 2061)


class ProvidersSettings(RuntimeSettings):
    """What a plan chooses; everything else is common to all services."""

    holiday_country: str = Field("US", description="Country whose public holidays the plan keeps")
    holiday_subdivision: str | None = Field(None, description="State, for its own holidays")
    plan_closed_on: tuple[date, ...] = Field((), description="More days without work")
    plan_open_on: tuple[date, ...] = Field((), description="Public holidays the plan works on")
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

    @cached_property
    def policy(self) -> Policy:
        """The same, as the rules take it."""
        return Policy(
            zone=self.zone,
            holidays=self._holidays(),
            contract_form=self.contract_form,
            contracting_contact=self.contracting_contact,
            request_days=self.request_days,
            onboarding_days=self.onboarding_days,
            warn_days=self.warn_days,
            warn_business_days=self.warn_business_days,
            past_days=self.request_past_days,
            ahead_days=self.request_ahead_days,
        )

    def _holidays(self) -> frozenset[date]:
        # Imported here: the tables are of no concern to whoever only wants the settings' names.
        from holidays import country_holidays

        public = country_holidays(
            self.holiday_country, subdiv=self.holiday_subdivision, years=HOLIDAY_YEARS
        )
        return (frozenset(public) | set(self.plan_closed_on)) - set(self.plan_open_on)
