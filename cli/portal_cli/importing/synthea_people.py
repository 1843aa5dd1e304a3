"""Synthea's patients, payer transitions and providers as members, coverage spans and providers."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from portal_cli.importing.npis import made_npi
from portal_cli.importing.synthea_codes import tin
from portal_cli.importing.synthea_data import Calendar, Row, Synthea
from portal_contracts.eligibility.commands import EnrollMember
from portal_contracts.providers.commands import RegisterProvider
from portal_x12.claim import Message, about_member
from portal_x12.values import Body, body

UNINSURED = "NO_INSURANCE"
BUSINESS = {
    "Medicaid": "medicaid",
    "Medicare": "medicare_advantage",
    "Dual Eligible": "medicare_advantage",
}
STATES = {"Massachusetts": "MA"}
ACTIVE_FROM = "1900-01-01"


def member_id(patient: str) -> str:
    """Every patient is a subscriber."""
    return f"SYN{patient.replace('-', '')[:10].upper()}-00"


def members(data: Synthea, calendar: Calendar) -> Iterator[Message]:
    for patient in data.patients.values():
        values = body(
            member_id=member_id(patient["Id"]),
            **person(patient, calendar),
            spans=spans(data.transitions.get(patient["Id"], []), data.payers, calendar),
        )
        yield about_member(EnrollMember, values)


def person(patient: Row, calendar: Calendar) -> Body:
    """Without the date of death: Synthea bills the certification of a death on a later day."""
    sex = patient["GENDER"]
    return body(
        last_name=patient["LAST"],
        first_name=patient["FIRST"],
        date_of_birth=calendar.iso(patient["BIRTHDATE"]),
        sex=sex if sex in ("F", "M") else "U",
        address=address(patient),
    )


def address(row: Row) -> Body:
    """Only a complete one: Synthea leaves out ZIP codes here and there."""
    values = {
        "line1": row["ADDRESS"][:55],
        "city": row["CITY"][:30],
        "state": STATES.get(row["STATE"], row["STATE"]),
        "zip": row["ZIP"][:5].zfill(5) if row["ZIP"] else "",  # spreadsheets eat leading zeros
    }
    complete = all(values.values()) and values["zip"].isdigit() and len(values["state"]) == 2
    return values if complete else {}


def spans(transitions: Iterable[Row], payers: dict[str, Row], calendar: Calendar) -> list[Body]:
    """Coverage without overlaps, oldest first; years with the same payer are one span.

    A transition ends on the day on which the next one starts: that day belongs to the next.
    """
    found: list[Body] = []
    for row in sorted(transitions, key=lambda row: row["START_YEAR"]):
        start = calendar.day(row["START_YEAR"])
        before = (start - timedelta(1)).isoformat()
        if found and found[-1]["end"] > before:
            found[-1]["end"] = before
            found = [span for span in found if span["start"] <= span["end"]]
        payer = payers[row["PAYER"]]["NAME"]
        end = (calendar.day(row["END_YEAR"]) - timedelta(1)).isoformat()
        if payer == UNINSURED or end < start.isoformat():
            continue
        if found and found[-1]["plan"] == payer and found[-1]["end"] == before:
            found[-1]["end"] = end
        else:
            found.append(_span(start.isoformat(), end, payer))
    return found


def _span(start: str, end: str, payer: str) -> Body:
    business = BUSINESS.get(payer, "commercial")
    return {"start": start, "end": end, "plan": payer, "line_of_business": business}


def providers(data: Synthea) -> Iterator[Message]:
    """Organizations that bill, and the persons who work there, at the organization's Tax ID."""
    for provider in data.providers.values():
        name, kind = provider["NAME"], "physician"
        yield _registered(provider["Id"], provider["ORGANIZATION"], name, kind)
    for organization in data.organizations.values():
        name = organization["NAME"]
        yield _registered(organization["Id"], organization["Id"], name, "facility")


def _registered(seed: str, organization: str, name: str, kind: str) -> Message:
    tax_id = tin(organization)
    values = {
        "npi": made_npi(seed),
        "tin": tax_id,
        "name": name[:80],
        "provider_type": kind,
        "participation": [{"start": ACTIVE_FROM}],
    }
    return Message(RegisterProvider.TYPE, tax_id, values)
