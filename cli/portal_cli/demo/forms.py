"""Claims as a biller of the demo fills them in."""

from dataclasses import dataclass
from datetime import date

from portal_cli.demo.people import Person, Practice
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.claims.parts import (
    BillingProvider,
    InstitutionalDiagnosis,
    Patient,
    Provider,
    RevenueLine,
    ServiceLine,
)
from portal_contracts.common import Address, Contact
from portal_contracts.money import cents, dollars

BILLER = Contact(name="Billing office", phone="6145550142", email="billing@practice.example")
OFFICE = "11"
STREET = Address(line1="12 Harbor Street", city="Columbus", state="OH", zip="43215")


@dataclass(frozen=True, slots=True)
class Service:
    """One line of a bill."""

    code: str
    charge: str
    units: str = "1"


def professional(
    person: Person, billing: Practice, day: date, account: str, *services: Service
) -> SubmitProfessionalClaim:
    """A CMS-1500 for services given in the office on one day."""
    return SubmitProfessionalClaim(
        member_id=person.member_id,
        patient=_patient(person),
        billing=_billing(billing),
        patient_account=account,
        total_charge=_total(services),
        diagnoses=("Z0000",),
        lines=tuple(
            ServiceLine(
                procedure=service.code,
                from_date=day,
                to_date=day,
                place=OFFICE,
                charge=service.charge,
                units=service.units,
                pointers=(1,),
            )
            for service in services
        ),
    )


def outpatient(
    person: Person,
    hospital: Practice,
    attending: Practice,
    day: date,
    account: str,
    *services: tuple[str, Service],
) -> SubmitInstitutionalClaim:
    """A UB-04 for a visit to the outpatient department; each service with its revenue code."""
    return SubmitInstitutionalClaim(
        member_id=person.member_id,
        patient=_patient(person),
        billing=_billing(hospital),
        patient_account=account,
        total_charge=_total([service for _, service in services]),
        type_of_bill="131",
        statement_from=day,
        statement_to=day,
        admission_type="3",
        admission_source="1",
        patient_status="01",
        diagnoses=(InstitutionalDiagnosis(code="R079"),),
        attending=Provider(npi=attending.npi, last_name=attending.name),
        lines=tuple(
            RevenueLine(
                revenue_code=revenue,
                procedure=service.code,
                service_date=day,
                units=service.units,
                charge=service.charge,
            )
            for revenue, service in services
        ),
    )


def _patient(person: Person) -> Patient:
    return Patient(
        last_name=person.last_name,
        first_name=person.first_name,
        date_of_birth=person.born,
        sex=person.sex,
        address=STREET,
    )


def _billing(practice: Practice) -> BillingProvider:
    return BillingProvider(npi=practice.npi, tin=practice.tin, name=practice.name, address=STREET)


def _total(services: list[Service] | tuple[Service, ...]) -> str:
    return dollars(sum(cents(service.charge) for service in services))
