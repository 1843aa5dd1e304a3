"""Synthea's claims and their charges as commands: type 1 is professional, type 2 institutional.

Some charge nothing at all, which a plan refuses. Billers know two ways: a UB-04 says so in its type
of bill (frequency 0, non-payment), a CMS-1500 carries a nominal charge of one cent.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from portal_cli.importing import synthea_codes as codes
from portal_cli.importing.files import SourceClaim
from portal_cli.importing.npis import made_npi
from portal_cli.importing.synthea_data import Calendar, Row, Synthea
from portal_cli.importing.synthea_people import address, member_id, person
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.money import cents, dollars
from portal_x12.claim import about_member
from portal_x12.values import Body, body, money

PROFESSIONAL = "1"
OFFICE = "11"
INPATIENT = "inpatient"
INPATIENT_VISIT = "183452005"
"""Room and board: a revenue code alone."""
REVENUE = {INPATIENT: "0120", "emergency": "0450"}
CLINIC, DRUGS, SHOTS, TREATMENT = "0510", "0250", "0771", "0761"
DIAGNOSES, POINTERS = 8, 4
NOTHING, NOMINAL = "0.00", "0.01"
ADMIT_THROUGH_DISCHARGE, NON_PAYMENT = "1", "0"


def claims(data: Synthea, calendar: Calendar) -> Iterator[SourceClaim]:
    """In the order of the table. Its row number is the place of a claim."""
    for row, claim in enumerate(data.claims, 2):
        charges = data.charges.get(claim["Id"], [])
        if claim["HEALTHCARECLAIMTYPEID1"] == PROFESSIONAL:
            message = about_member(
                SubmitProfessionalClaim, _professional(claim, charges, data, calendar)
            )
        else:
            message = about_member(
                SubmitInstitutionalClaim, _institutional(claim, charges, data, calendar)
            )
        yield SourceClaim("claims.csv", row, claim["Id"], "", message)


def _professional(claim: Row, charges: Sequence[Row], data: Synthea, calendar: Calendar) -> Body:
    places = _distinct_diagnoses(claim)
    birth = calendar.day(data.patients[claim["PATIENTID"]]["BIRTHDATE"])
    lines = []
    for charge in charges:
        first, last = _days(charge, calendar)
        kind = data.systems.kind(charge["PROCEDURECODE"])
        lines.append(
            body(
                procedure=codes.procedure(charge["PROCEDURECODE"], kind, birth, first),
                from_date=first.isoformat(),
                to_date=last.isoformat(),
                place=OFFICE,
                charge=money(charge["AMOUNT"]),
                units=charge["UNITS"],
                pointers=_pointers(charge, places),
            )
        )
    values = _header(claim, charges, data, calendar) | body(
        diagnoses=[codes.diagnosis(code) for code in dict.fromkeys(_diagnoses(claim))],
        rendering=_person(claim, data),
        lines=lines,
    )
    if values["total_charge"] == NOTHING:
        values["total_charge"] = lines[0]["charge"] = NOMINAL
    return values


def _institutional(claim: Row, charges: Sequence[Row], data: Synthea, calendar: Calendar) -> Body:
    stay = data.encounters[claim["APPOINTMENTID"]]["ENCOUNTERCLASS"]
    inpatient = stay == INPATIENT
    days = [_days(charge, calendar) for charge in charges]
    start, end = min(first for first, _ in days), max(last for _, last in days)
    diagnoses = [codes.diagnosis(code) for code in dict.fromkeys(_diagnoses(claim))]
    values = _header(claim, charges, data, calendar)
    free = values["total_charge"] == NOTHING
    frequency = NON_PAYMENT if free else ADMIT_THROUGH_DISCHARGE
    values |= body(
        type_of_bill=("11" if inpatient else "13") + frequency,
        statement_from=start.isoformat(),
        statement_to=end.isoformat(),
        patient_status="01",
        diagnoses=[
            body(code=code, present_on_admission="Y" if inpatient else None) for code in diagnoses
        ],
        attending=_person(claim, data),
        lines=[_revenue_line(charge, stay, data, calendar) for charge in charges],
    )
    return values | (_admission(start, diagnoses) if inpatient else {})


def _admission(start: date, diagnoses: list[str]) -> Body:
    return body(
        admission_date=start.isoformat(),
        admission_type="2",
        admission_source="1",
        admitting_diagnosis=diagnoses[0],
    )


def _revenue_line(charge: Row, stay: str, data: Synthea, calendar: Calendar) -> Body:
    first, _ = _days(charge, calendar)
    code = charge["PROCEDURECODE"]
    birth = calendar.day(data.patients[charge["PATIENTID"]]["BIRTHDATE"])
    kind = data.systems.kind(code)
    room = code == INPATIENT_VISIT
    return body(
        revenue_code=_revenue(kind, stay),
        procedure=None if room else codes.procedure(code, kind, birth, first),
        service_date=first.isoformat(),
        units=charge["UNITS"],
        charge=money(charge["AMOUNT"]),
    )


def _revenue(kind: codes.Kind, stay: str) -> str:
    match kind:
        case "drug":
            return DRUGS
        case "shot":
            return SHOTS
        case "visit":
            return REVENUE.get(stay, CLINIC)
        case _:
            return REVENUE[INPATIENT] if stay == INPATIENT else TREATMENT


def _header(claim: Row, charges: Sequence[Row], data: Synthea, calendar: Calendar) -> Body:
    patient = data.patients[claim["PATIENTID"]]
    organization = data.organizations[data.providers[claim["PROVIDERID"]]["ORGANIZATION"]]
    return body(
        member_id=member_id(patient["Id"]),
        patient=person(patient, calendar),
        billing=body(
            npi=made_npi(organization["Id"]),
            tin=codes.tin(organization["Id"]),
            name=organization["NAME"][:60],
            address=address(organization),
        ),
        patient_account=claim["Id"],
        total_charge=dollars(sum(cents(money(charge["AMOUNT"])) for charge in charges)),
    )


def _person(claim: Row, data: Synthea) -> Body:
    name = data.providers[claim["PROVIDERID"]]["NAME"]
    return {"npi": made_npi(claim["PROVIDERID"]), "last_name": name[:60]}


def _days(charge: Row, calendar: Calendar) -> tuple[date, date]:
    """Some charges end before they begin (the next visit's time): then they took one day."""
    first, last = calendar.day(charge["FROMDATE"]), calendar.day(charge["TODATE"])
    return first, max(first, last)


def _diagnoses(claim: Row) -> list[str]:
    return [code for n in range(1, DIAGNOSES + 1) if (code := claim[f"DIAGNOSIS{n}"])]


def _distinct_diagnoses(claim: Row) -> list[int]:
    """For each diagnosis of the claim the place it has once repetitions are left out, from 1."""
    given = _diagnoses(claim)
    distinct = list(dict.fromkeys(given))
    return [distinct.index(code) + 1 for code in given]


def _pointers(charge: Row, places: list[int]) -> list[int]:
    given = (charge[f"DIAGNOSISREF{n}"] for n in range(1, POINTERS + 1))
    return list(dict.fromkeys(places[int(ref) - 1] for ref in given if ref))
