"""Events of the providers service."""

from datetime import date

from pydantic import Field

from portal_contracts.base import Event, Model
from portal_contracts.fields import Npi, Tin


class Participation(Model):
    """Days on which a provider is active at a Tax ID."""

    start: date = Field(description="First day active")
    end: date | None = Field(None, description="Last day active; none while open")

    def includes(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


class ProviderChanged(Event, type="providers.provider_changed.v1"):
    """A provider's profile at one Tax ID, after any change (PR-05, PR-07)."""

    npi: Npi = Field(description="NPI")
    tin: Tin = Field(description="Tax ID of this profile")
    version: int = Field(description="Rises with every change of this profile")
    name: str = Field(description="Name of the provider or organization")
    provider_type: str = Field(description="e.g. 'physician', 'extender', 'facility', 'group'")
    specialty: str | None = Field(None, description="Taxonomy code")
    participation: tuple[Participation, ...] = Field(description="Active spans, oldest first")
    fee_schedule: str = Field("standard", description="Fee schedule that prices its claims")

    def key(self) -> str:
        return self.tin

    def subject(self) -> str:
        return f"{self.npi}|{self.tin}"
