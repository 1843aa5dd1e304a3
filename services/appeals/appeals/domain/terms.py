"""What a plan chooses for disputes and appeals."""

from dataclasses import dataclass

from appeals.domain.limits import TimeLimits
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.domain.decision import Context


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan's choices, in the form the rules use."""

    limits: TimeLimits
    mail_address: str
    fax: str
    calendar: PlanCalendar


def terms_of(ctx: Context) -> Terms:
    """The service's settings carry them."""
    terms: Terms = ctx.settings.terms
    return terms
