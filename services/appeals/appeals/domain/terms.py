"""What a plan chooses of disputes and appeals."""

from dataclasses import dataclass

from appeals.domain.limits import TimeLimits
from portal_runtime.domain.days import PlanCalendar


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan's choices, as the rules take them."""

    limits: TimeLimits
    mail_address: str
    fax: str
    calendar: PlanCalendar
