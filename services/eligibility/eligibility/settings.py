"""Settings of the eligibility service: the plan's days and limits."""

from pydantic import Field

from portal_contracts.common import LineOfBusiness
from portal_runtime.settings import RuntimeSettings


class EligibilitySettings(RuntimeSettings):
    """What a plan chooses; everything else is common to all services."""

    lookback_months: int = Field(24, ge=1, description="Date of service: most months back")
    grace_months: dict[LineOfBusiness, int] = Field(
        {"marketplace": 3},
        description="Months of grace for an unpaid premium, by line of business",
    )
    other_grace_months: int = Field(
        1, ge=0, description="The same for every other line of business"
    )
