"""The clock of something the plan has to decide, as others see it (AU-07, PR-02, PR-03)."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Model
from portal_contracts.fields import Count, Day, Instant, YesNo

ClockBasis = Literal["calendar_days", "business_days", "hours"]


class SlaClock(Model):
    """How long the plan may take. Stands still while the plan waits for the provider's answer.

    Whole days of the plan count: those on which the clock runs when the day begins. So the day of
    receipt and the day of an answer do not count, and the day of a question does. Hours count from
    the moment of receipt.
    """

    basis: ClockBasis = Field(
        description="What is counted: all days, the plan's working days, or hours"
    )
    allowance: Count = Field(description="Days, or hours, the plan may take")
    due_date: Day | None = Field(
        description="Last day in time, where the plan is; none while the clock stands still"
    )
    late_from: Instant | None = Field(
        description="First moment that is late: the midnight with which the due date ends; of "
        "hours, the moment at which they are over"
    )
    warn_at: Instant | None = Field(
        description="When the plan's staff are warned: as a day begins where the plan is, or some "
        "hours before the end"
    )
    remaining_days: Count | None = Field(
        None, description="Days left, while the clock stands still; 0: due on the day of the answer"
    )
    remaining_seconds: Count | None = Field(
        None, description="The same of a clock that counts hours, rounded up"
    )
    warned: YesNo = Field(False, description="The warning has been given")
    breached: YesNo = Field(False, description="The deadline has passed without a decision")
