"""Checks of what the UB-04 says of a stay (2.2): admission, discharge, diagnoses, procedures."""

from datetime import date
from typing import Any

from claims.domain.rules.load import codes
from claims.domain.validation.bill_types import CORRECTING, INTERIM, kind_of_bill, needs
from claims.domain.validation.found import FINE, Found
from claims.domain.validation.header import has_shape
from portal_contracts.claims.problems import ub04
from portal_contracts.common import Problem
from portal_runtime.domain.days import days_later

STILL_PATIENT = "30"
HOSPITAL_INPATIENT = "11"
ADMITTING_DIAGNOSIS = frozenset({"11", "12", "21"})
DAYS_BEFORE_ADMISSION = 3
"""Services of the days before an admission belong to its claim."""
ADMISSION_TYPES = frozenset("123459")
ADMISSION_SOURCES = frozenset("1245689DEFG")
DISCHARGE_STATUSES = codes("discharge_statuses")


def within_statement(cmd: Any, day: date) -> bool:
    """In the statement period, or in the days before it that belong to the stay."""
    first = days_later(cmd.statement_from, -DAYS_BEFORE_ADMISSION)
    return bool(first <= day <= cmd.statement_to)


def admission_date(cmd: Any, _: date) -> Found:
    """FL 12: on inpatient, home health and hospice bills; not after the end of the statement."""
    if cmd.admission_date is None:
        if not needs(cmd, "admission_date"):
            return FINE
        return (ub04.ADMISSION_DATE(),)
    if cmd.admission_date <= cmd.statement_to:
        return FINE
    return (ub04.ADMISSION_AFTER_STATEMENT(),)


def admission_type(cmd: Any, _: date) -> Found:
    """FL 14."""
    given = cmd.admission_type
    if given in ADMISSION_TYPES or (given is None and not needs(cmd, "admission_type")):
        return FINE
    return (ub04.ADMISSION_TYPE(status="A6:231" if given is None else "A7:231"),)


def admission_source(cmd: Any, _: date) -> Found:
    """FL 15: on inpatient bills."""
    given = cmd.admission_source
    if given in ADMISSION_SOURCES or (given is None and not needs(cmd, "admission_type")):
        return FINE
    return (ub04.ADMISSION_SOURCE(status="A6:229" if given is None else "A7:229"),)


def patient_status(cmd: Any, _: date) -> Found:
    """FL 17: on stays; 'still patient' exactly on interim bills."""
    given = cmd.patient_status
    if given is None and not needs(cmd, "patient_status"):
        return FINE
    if given not in DISCHARGE_STATUSES:
        return (ub04.PATIENT_STATUS(status="A6:234" if given is None else "A7:234"),)
    interim = cmd.type_of_bill[-1] in INTERIM
    if (given == STILL_PATIENT) == interim or not needs(cmd, "patient_status"):
        return FINE
    if not interim and cmd.type_of_bill[-1] in CORRECTING:
        return FINE  # a correction or void of an interim bill
    return (ub04.STILL_PATIENT(),)


def present_on_admission(cmd: Any, _: date) -> Found:
    """FL 67: every ICD-10 diagnosis of a hospital stay; factors and external causes are exempt."""
    if cmd.code_set != "icd10" or kind_of_bill(cmd) != HOSPITAL_INPATIENT:
        return FINE
    found: list[Problem] = []
    for index, diagnosis in enumerate(cmd.diagnoses):
        if diagnosis.present_on_admission is None and diagnosis.code[0] not in "VWXYZ":
            field = f"diagnoses.{index}.present_on_admission"
            status = "A6:255" if index else "A6:254"
            found.append(ub04.POA_MISSING(number=index + 1, field=field, status=status))
    return found


def admitting_diagnosis(cmd: Any, _: date) -> Found:
    """FL 69: on inpatient bills."""
    given = cmd.admitting_diagnosis
    if given is None and kind_of_bill(cmd) not in ADMITTING_DIAGNOSIS:
        return FINE
    if given is not None and has_shape(given, cmd.code_set):
        return FINE
    return (ub04.ADMITTING_DIAGNOSIS(status="A6:232" if given is None else "A7:232"),)


def procedure_dates(cmd: Any, _: date) -> Found:
    """FL 74: inside the stay, or in the three days before it."""
    return [
        ub04.PROCEDURE_DATE(number=index + 1, field=f"procedures.{index}.on")
        for index, procedure in enumerate(cmd.procedures)
        if not within_statement(cmd, procedure.on)
    ]
