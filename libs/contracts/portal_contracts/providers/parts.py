"""Values that the messages of the providers service share."""

from pydantic import Field

from portal_contracts.common import Period
from portal_contracts.fields import Day


class Participation(Period):
    """Days on which a provider is active at a Tax ID."""

    start: Day = Field(description="First day active")
    end: Day | None = Field(None, description="Last day active; none while open")
