"""The clock of a maintenance request as others see it (PR-02, PR-03)."""

from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from portal_contracts.base import Model
from portal_contracts.fields import Instant

ClockBasis = Literal["calendar_days", "business_days"]


class SlaClock(Model):
    """How long the plan may take. Stands still while the plan waits for the provider's answer."""

    basis: ClockBasis = Field(description="What is counted: all days, or the plan's working days")
    allowance: int = Field(description="Days the plan may take: 30 calendar, 90 business")
    due_at: Instant | None = Field(description="Deadline; none while the clock stands still")
    due_date: date | None = Field(description="Last day in time, in the plan's time zone")
    warn_at: Instant | None = Field(description="When the plan's staff are warned")
    remaining: timedelta | None = Field(
        None, description="Time left, while a calendar clock stands still"
    )
    remaining_days: int | None = Field(
        None, description="Business days left, while a business clock stands still"
    )
    warned: bool = Field(False, description="The warning has been given")
    breached: bool = Field(False, description="The deadline has passed without a decision")
