"""837I (005010X223) → SubmitInstitutionalClaim."""

from portal_contracts.claims.commands import SubmitInstitutionalClaim
from portal_x12 import people
from portal_x12.claim import (
    Coded,
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
from portal_x12.values import Body, body, day, money, period, units

PRINCIPAL = ("BK", "ABK")
OTHER = ("BF", "ABF")
ADMITTING = ("BJ", "ABJ")
PROCEDURES = (("BR", "BBR"), ("BQ", "BBQ"))
"""Principal, then others: the order of FL 74."""


def institutional(claim: RawClaim) -> Message:
    """The command as far as the file has it; the service says what is missing."""
    codes = [*coded(claim, *PRINCIPAL), *coded(claim, *OTHER)]
    start, end = _statement(claim.header)
    loop = claim.header
    values = header(claim) | body(
        statement_from=start,
        statement_to=end,
        admission_date=day(loop.value("DTP", "435", 3)),
        admission_type=loop.text("CL1", 1),
        admission_source=loop.text("CL1", 2),
        patient_status=loop.text("CL1", 3),
        code_set=code_set(codes),
        diagnoses=[_diagnosis(one) for one in codes],
        admitting_diagnosis=next((one.code for one in coded(claim, *ADMITTING)), None),
        procedures=[
            body(code=one.code, on=day(one.component(4)))
            for kind in PROCEDURES
            for one in coded(claim, *kind)
        ],
        condition_codes=[one.code for one in coded(claim, "BG")],
        occurrences=[body(code=one.code, on=day(one.component(4))) for one in coded(claim, "BH")],
        values=[body(code=one.code, amount=money(one.component(5))) for one in coded(claim, "BE")],
        lines=[_line(line) for line in claim.lines],
        attending=people.provider(loop.party("71")),
        operating=people.provider(loop.party("72")),
    )
    bill = claim.clm.part(5, 1) + frequency(claim)
    return about_member(SubmitInstitutionalClaim, values | {"type_of_bill": bill})


def _statement(loop: Loop) -> tuple[str | None, str | None]:
    found = loop.first("DTP", "434")
    return period(found.text(2), found.text(3)) if found else (None, None)


def _diagnosis(one: Coded) -> Body:
    """The ninth component says whether it was present on admission."""
    return {"code": one.code} | body(present_on_admission=one.component(9))


def _line(line: Loop) -> Body:
    service = line.first("SV2")
    if service is None:
        return {}
    components = service.parts(2)
    dates = line.first("DTP", "472")
    return body(
        revenue_code=service.text(1),
        procedure=procedure(components),
        modifiers=modifiers(components),
        service_date=period(dates.text(2), dates.text(3))[0] if dates else None,
        units=units(service.text(5)),
        charge=money(service.text(3)),
        non_covered=money(service.text(7)),
        prior_payments=line_payments(line),
    )
