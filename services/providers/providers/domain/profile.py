"""A provider's profile at one Tax ID, and what an approved change makes of it (PR-05, PR-07)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal_contracts.base import Model
from portal_contracts.common import Address
from portal_contracts.providers import changes as c
from portal_contracts.providers.events import ProviderChanged
from portal_runtime.domain.copying import like
from portal_runtime.domain.days import next_day, previous_day
from providers.domain import spans


class Profile(Model):
    """One provider at one Tax ID. The same NPI at another Tax ID is another profile."""

    npi: str
    tin: str
    version: int = 1
    name: str
    provider_type: c.ProviderType
    specialty: str | None = None
    participation: spans.Spans
    fee_schedule: str = "standard"
    billing_address: Address | None = None
    service_address: Address | None = None
    phone: str | None = None
    fax: str | None = None
    email: str | None = None
    restrictions: c.Restrictions | None = None
    deceased_on: date | None = None

    @property
    def profile_key(self) -> str:
        return profile_key(self.npi, self.tin)

    @property
    def is_organization(self) -> bool:
        return self.provider_type in ("group", "facility")

    def active_on(self, day: date) -> bool:
        return spans.active(self.participation, day)

    def with_(self, **values: Any) -> "Profile":
        """The profile with other values: the next version when any differs, else itself."""
        changed = self.model_copy(update=values)
        return self if changed == self else changed.model_copy(update={"version": self.version + 1})

    def announced(self) -> ProviderChanged:
        """What other services need to know of it."""
        return like(ProviderChanged, self)


def profile_key(npi: str, tin: str) -> str:
    """Under which key a profile is kept."""
    return f"{npi}|{tin}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is on file when a request is decided."""

    profiles: dict[str, Profile]
    """Profiles at the request's Tax ID, by NPI."""
    tins: dict[str, tuple[str, ...]]
    """All Tax IDs at which an NPI has a profile."""

    def new_to_plan(self, npi: str) -> bool:
        """PR-02: whoever has no profile anywhere is credentialed first."""
        return not self.tins.get(npi)


def npis_of(change: c.Maintainable | c.WrongDoor) -> tuple[str, ...]:
    """The NPIs a change speaks of, beside that of the profile it is about."""
    match change:
        case c.AddProvider() | c.DeleteProvider():
            return (change.npi,)
        case c.AddExtender():
            return (change.npi, change.supervising_npi)
        case c.ChangeNpi():
            return (change.new_npi,)
    return ()


def effective_date(change: c.Maintainable) -> date:
    """The first day on which the change holds."""
    match change:
        case c.DeleteProvider():
            return next_day(change.last_day)
        case c.ReportDeceased():
            return next_day(change.date_of_death)
    return change.effective_date


def carries_dates(change: c.Maintainable) -> bool:
    """Whether the profile itself says from when: then it can be published before that day."""
    return isinstance(
        change, c.AddProvider | c.AddExtender | c.DeleteProvider | c.ChangeNpi | c.ReportDeceased
    )


def applied(change: c.Maintainable, profile: Profile, known: Known) -> tuple[Profile, ...]:
    """The profiles that differ once the change is made; none when nothing differs."""
    before = {profile.npi: profile, **known.profiles}
    return tuple(p for p in _results(change, profile, known) if before.get(p.npi) != p)


def _results(change: c.Maintainable, profile: Profile, known: Known) -> tuple[Profile, ...]:
    match change:
        case c.AddProvider() | c.AddExtender():
            return (_joined(change, profile, known.profiles.get(change.npi)),)
        case c.DeleteProvider():
            leaving = known.profiles[change.npi]
            return (_ended(leaving, change.last_day),)
        case c.ChangeNpi():
            return (
                _ended(profile, previous_day(change.effective_date)),
                _renumbered(change, profile),
            )
        case c.ReportDeceased():
            ended = spans.until(profile.participation, change.date_of_death)
            return (profile.with_(participation=ended, deceased_on=change.date_of_death),)
        case c.ChangeBillingAddress():
            return (profile.with_(billing_address=change.address),)
        case c.ChangeServiceAddress():
            return (profile.with_(service_address=change.address),)
        case c.ChangePhoneFax():
            given = {"phone": change.phone, "fax": change.fax}
            return (profile.with_(**{k: v for k, v in given.items() if v is not None}),)
        case c.ChangeName():
            return (profile.with_(name=change.name),)
        case c.ChangeSpecialty():
            return (profile.with_(specialty=change.specialty),)
        case c.ChangeEmail():
            return (profile.with_(email=change.email),)
        case c.ChangeRestrictions():
            return (profile.with_(restrictions=change.restrictions),)


def _joined(change: c.AddProvider | c.AddExtender, group: Profile, old: Profile | None) -> Profile:
    """The provider as a member of the group: priced and paid like the group."""
    kind = change.provider_type if isinstance(change, c.AddProvider) else "extender"
    values = {
        "name": change.name,
        "provider_type": kind,
        "specialty": change.specialty,
        "service_address": change.service_address,
        "billing_address": group.billing_address,
        "fee_schedule": group.fee_schedule,
    }
    if old is not None:
        joined = spans.opened(old.participation, change.effective_date)
        return old.with_(participation=joined, **values)
    joined = spans.opened((), change.effective_date)
    return Profile(npi=change.npi, tin=group.tin, participation=joined, **values)


def _ended(profile: Profile, last_day: date) -> Profile:
    return profile.with_(participation=spans.until(profile.participation, last_day))


def _renumbered(change: c.ChangeNpi, profile: Profile) -> Profile:
    """The same provider under the new NPI, from the effective date on."""
    moved = spans.since(profile.participation, change.effective_date)
    return profile.model_copy(update={"npi": change.new_npi, "version": 1, "participation": moved})
