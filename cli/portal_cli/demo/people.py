"""Who the demo is about. Nobody of them exists: no NPI begins with 2 yet, no Tax ID with 00."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal_contracts.eligibility.commands import EnrollMember, Span
from portal_contracts.ids import npi_is_valid
from portal_contracts.providers.changes import ProviderType
from portal_contracts.providers.commands import RegisterProvider
from portal_contracts.providers.parts import Participation

Sex = Literal["F", "M"]


@dataclass(frozen=True, slots=True)
class Person:
    """A member: what is on the card, and the coverage."""

    member_id: str
    first_name: str
    last_name: str
    born: date
    sex: Sex
    spans: tuple[Span, ...]

    def enrollment(self) -> EnrollMember:
        return EnrollMember(
            member_id=self.member_id,
            last_name=self.last_name,
            first_name=self.first_name,
            date_of_birth=self.born,
            sex=self.sex,
            spans=self.spans,
        )


@dataclass(frozen=True, slots=True)
class Practice:
    """A provider at one Tax ID."""

    npi: str
    tin: str
    name: str
    kind: ProviderType
    specialty: str
    since: date
    until: date | None = None
    fee_schedule: str = "standard"

    def registration(self) -> RegisterProvider:
        return RegisterProvider(
            npi=self.npi,
            tin=self.tin,
            name=self.name,
            provider_type=self.kind,
            specialty=self.specialty,
            participation=(Participation(start=self.since, end=self.until),),
            fee_schedule=self.fee_schedule,
            phone="6145550142",
        )


def synthetic_npi(number: int) -> str:
    """The NPI 2xxxxxxxx with its check digit."""
    stem = f"2{number % 100_000_000:08d}"
    return next(npi for digit in range(10) if npi_is_valid(npi := f"{stem}{digit}"))


def synthetic_tin(number: int) -> str:
    """A Tax ID with a prefix that the IRS gives to nobody."""
    return f"00{number % 10_000_000:07d}"
