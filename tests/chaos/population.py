"""Everybody a run is about: made up, from the seed. A few members are looked at far more often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from portal_cli.demo.people import Person, Practice, synthetic_npi, synthetic_tin
from portal_contracts.common import LineOfBusiness
from portal_contracts.eligibility.commands import Span
from portal_contracts.principal import Principal
from tests.chaos.orders import Order, Who

MEMBERS, HOT = 1500, 6
HOT_SHARE = 0.12
CLINICS = 12
PLANS: tuple[tuple[str, LineOfBusiness], ...] = (
    ("HMO", "commercial"),
    ("MEDICAID-ADULT", "medicaid"),
    ("MARKETPLACE-GOLD", "marketplace"),
    ("ADVANTAGE", "medicare_advantage"),
)
LAST_NAMES = ("Abara", "Bellini", "Castro", "Dvorak", "Eriksen", "Fontaine", "Greco", "Hollis")
FIRST_NAMES = ("Ada", "Bruno", "Cleo", "Dario", "Elsa", "Felix", "Gina", "Hugo")


@dataclass(frozen=True)
class Population:
    """Members, clinics, and who may speak for whom."""

    members: tuple[Person, ...]
    clinics: tuple[Practice, ...]
    providers: tuple[Who, ...]
    """One for each clinic, in the same order."""
    staff: Who
    feed: Who

    def member(self, random: Random, hot: float = HOT_SHARE) -> Person:
        """Any of them; with the chance `hot` one of those that everybody comes for."""
        among = HOT if random.random() < hot else MEMBERS
        return self.members[random.randrange(among)]

    def clinic(self, random: Random) -> tuple[Practice, Who]:
        n = random.randrange(len(self.clinics))
        return self.clinics[n], self.providers[n]

    def enrollments(self) -> list[Order]:
        """What has to be known before anything else makes sense."""
        people = [Order(person.enrollment(), self.feed) for person in self.members]
        return people + [Order(clinic.registration(), self.feed) for clinic in self.clinics]


def populate(seed: int, today: date) -> Population:
    """The same seed makes the same people."""
    random = Random(f"people {seed}")
    start = today - timedelta(days=900)
    members = tuple(_member(seed, n, start, random) for n in range(MEMBERS))
    clinics = tuple(
        Practice(
            npi=synthetic_npi(7000 + n),
            tin=synthetic_tin(7000 + n),
            name=f"Chaos Street Clinic {n}",
            kind="group",
            specialty="207Q00000X",
            since=start,
        )
        for n in range(CLINICS)
    )
    return Population(
        members,
        clinics,
        tuple(_provider(clinic) for clinic in clinics),
        Who(Principal(subject="chaos-staff", role="plan_staff"), "demo-staff"),
        Who(Principal(subject="chaos-feed", role="plan_feed"), "demo-feed"),
    )


def _member(seed: int, n: int, start: date, random: Random) -> Person:
    plan, business = PLANS[n % len(PLANS)]
    return Person(
        member_id=f"X{seed % 1000:03d}{n:06d}-00",
        first_name=random.choice(FIRST_NAMES),
        last_name=random.choice(LAST_NAMES),
        born=date(1950 + random.randrange(50), 1 + random.randrange(12), 1 + random.randrange(28)),
        sex=random.choice(("F", "M")),
        spans=(Span(start=start, plan=plan, line_of_business=business),),
    )


def _provider(clinic: Practice) -> Who:
    name = f"chaos-{clinic.tin}"
    return Who(
        Principal(subject=name, role="provider", tins=frozenset({clinic.tin})), "demo-provider"
    )
