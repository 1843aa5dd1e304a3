"""Claims: new ones of several kinds, sent again under another id, corrected and voided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pydantic_core import from_json

from portal_cli.demo.forms import Service, outpatient, professional
from portal_cli.demo.people import Person, Practice, synthetic_npi
from portal_contracts.claims.replies import ClaimAccepted
from tests.chaos.orders import Order, Then, Who
from tests.chaos.work.office import KnownClaim, Office

CODES = (("99213", 120), ("99214", 180), ("36415", 15), ("85025", 30), ("80053", 45), ("93000", 60))
NEEDS_RECORDS = "29881"
LATE = 400


def submit(office: Office) -> Order:
    """One new claim."""
    clinic, who = office.people.clinic(office.random)
    person, draw = office.people.member(office.random), office.random.random()
    account = f"C{office.next()}"
    day = office.ago(330)
    services = some_services(office)
    if draw < 0.04:
        services = (Service(NEEDS_RECORDS, "1150.00"),)
    elif draw < 0.07:
        day = office.today - timedelta(days=LATE + office.random.randrange(60))
    elif draw < 0.10:
        clinic = _unknown(office)
    elif draw < 0.14:
        hospital = outpatient(person, clinic, clinic, day, account, ("0450", services[0]))
        return Order(hospital, who, _learn(office, person, clinic, who))
    claim = professional(person, clinic, day, account, *services)
    if draw > 0.98:  # does not add up: refused
        claim = claim.model_copy(update={"total_charge": "1.00"})
    return Order(claim, who, _learn(office, person, clinic, who))


def correct(office: Office) -> Order | None:
    """A replacement or a void of a claim on file; now and then of one that is closed already."""
    if not office.claims:
        return None
    known = office.random.choice(office.claims)
    claim = professional(
        known.person, known.clinic, office.ago(330), f"R{office.next()}", *some_services(office)
    )
    frequency = "8" if office.chance(0.3) else "7"
    claim = claim.model_copy(update={"frequency": frequency, "original_claim": known.number})
    return Order(claim, known.who, _learn(office, known.person, known.clinic, known.who))


def some_services(office: Office) -> tuple[Service, ...]:
    chosen = office.random.sample(CODES, office.random.randint(1, 4))
    extra = office.random.randrange(100)
    return tuple(
        Service(code, f"{charge + n}.{extra:02d}") for n, (code, charge) in enumerate(chosen)
    )


def _unknown(office: Office) -> Practice:
    clinic, _ = office.people.clinic(office.random)
    return replace(clinic, npi=synthetic_npi(99_000 + office.random.randrange(100)))


def _learn(office: Office, person: Person, clinic: Practice, who: Who) -> Then:
    def then(type_: str, body: bytes) -> list[Order]:
        if type_ == ClaimAccepted.TYPE:
            told = from_json(body)
            known = KnownClaim(told["claim_number"], told["status"], person, clinic, who)
            office.claims.append(known)
            if known.status == "denied":
                office.denied.append(known)
        return []

    return then
