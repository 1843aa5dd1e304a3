"""837P (005010X222) → SubmitProfessionalClaim."""

from typing import Any

from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_x12 import people
from portal_x12.claim import (
    Message,
    about_member,
    code_set,
    coded,
    frequency,
    header,
    modifiers,
    procedure,
)
from portal_x12.cob import line_payments
from portal_x12.loops import Loop, RawClaim
from portal_x12.values import Body, body, day, money, period, pointer, units

DIAGNOSES = ("BK", "BF", "ABK", "ABF")
CAUSES = {"EM": "employment", "AA": "auto", "OA": "other_accident"}
ACCIDENT = "439"
ONSET = ("439", "431", "484")
"""Accident, onset of the illness, last menstrual period: the accident wins."""


def professional(claim: RawClaim) -> Message:
    """The command as far as the file has it; the service says what is missing."""
    loop, codes = claim.header, list(coded(claim, *DIAGNOSES))
    values = header(claim) | body(
        code_set=code_set(codes),
        diagnoses=[one.code for one in codes],
        lines=[_line(line, claim) for line in claim.lines],
        rendering=people.provider(loop.party("82")),
        referring=_referring(claim),
        facility_npi=loop.party("77").text("NM1", 9),
        onset=next((day(d) for q in ONSET if (d := loop.value("DTP", q, 3))), None),
        hospitalized_from=day(loop.value("DTP", "435", 3)),
        hospitalized_to=day(loop.value("DTP", "096", 3)),
        related_to=_causes(claim),
        accident_state=claim.clm.part(11, 4),
    )
    return about_member(SubmitProfessionalClaim, values | {"frequency": frequency(claim)})


def _causes(claim: RawClaim) -> list[str]:
    given = claim.clm.parts(11)[:3]
    return list(dict.fromkeys(CAUSES[cause] for cause in given if cause in CAUSES))


def _referring(claim: RawClaim) -> Body:
    """Of the claim; else the ordering or referring provider of its first line that has one."""
    found = people.provider(claim.header.party("DN"))
    of_lines = (people.provider(line.party("DK", "DN")) for line in claim.lines)
    return found or next(filter(None, of_lines), {})


def _line(line: Loop, claim: RawClaim) -> Body:
    service = line.first("SV1")
    if service is None:
        return {}
    components = service.parts(1)
    first, last = _dates(line)
    return body(
        procedure=procedure(components),
        modifiers=modifiers(components),
        from_date=first,
        to_date=last,
        place=service.text(5) or claim.clm.part(5, 1),
        charge=money(service.text(2)),
        units=units(service.text(4)),
        pointers=[pointer(text) for text in service.parts(7) if text],
        epsdt=service.text(11),
        rendering=people.provider(line.party("82")),
        prior_payments=line_payments(line),
    )


def _dates(line: Loop) -> tuple[Any, Any]:
    found = line.first("DTP", "472")
    return period(found.text(2), found.text(3)) if found else (None, None)
