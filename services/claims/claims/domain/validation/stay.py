"""Checks of what the UB-04 says of a stay (2.2): admission, discharge, diagnoses, procedures."""

from datetime import date
from typing import Any

from claims.domain.rules.load import codes
from claims.domain.validation.bill_types import CORRECTING, INTERIM, kind_of_bill, needs
from claims.domain.validation.header import has_shape
from claims.domain.validation.problem import FINE, Found, problem
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
        words = "This type of bill needs the admission date (start of care)."
        return problem("admission_date", words, "admission_date", "FL 12", "A6:189")
    if cmd.admission_date <= cmd.statement_to:
        return FINE
    words = "The admission lies after the end of the statement. Correct FL 12 or FL 6."
    return problem("admission_date", words, "admission_date", "FL 12", "A7:189")


def admission_type(cmd: Any, _: date) -> Found:
    """FL 14."""
    given = cmd.admission_type
    if given in ADMISSION_TYPES or (given is None and not needs(cmd, "admission_type")):
        return FINE
    return problem(
        "admission_type",
        "Give the priority of the admission: 1 emergency, 2 urgent, 3 elective, 4 newborn, 5 "
        "trauma, 9 not known.",
        "admission_type",
        "FL 14",
        "A6:231" if given is None else "A7:231",
    )


def admission_source(cmd: Any, _: date) -> Found:
    """FL 15: on inpatient bills."""
    given = cmd.admission_source
    if given in ADMISSION_SOURCES or (given is None and not needs(cmd, "admission_type")):
        return FINE
    return problem(
        "admission_source",
        "Give the point of origin: 1 from home or work, 2 clinic or office, 4 another hospital, 5 "
        "nursing facility or born here, 6 another facility, 8 court, 9 not known.",
        "admission_source",
        "FL 15",
        "A6:229" if given is None else "A7:229",
    )


def patient_status(cmd: Any, _: date) -> Found:
    """FL 17: on stays; 'still patient' exactly on interim bills."""
    given = cmd.patient_status
    if given is None and not needs(cmd, "patient_status"):
        return FINE
    if given not in DISCHARGE_STATUSES:
        return problem(
            "patient_status",
            "Give the discharge status: 01 home, 02 another hospital, 03 skilled nursing, 06 home "
            "health, 07 against advice, 20 died, 30 still patient.",
            "patient_status",
            "FL 17",
            "A6:234" if given is None else "A7:234",
        )
    interim = cmd.type_of_bill[-1] in INTERIM
    if (given == STILL_PATIENT) == interim or not needs(cmd, "patient_status"):
        return FINE
    if not interim and cmd.type_of_bill[-1] in CORRECTING:
        return FINE  # a correction or void of an interim bill
    return problem(
        "patient_status",
        "Discharge status 30 (still patient) and an interim type of bill (frequency 2 or 3) go "
        "together. Correct FL 17 or FL 4.",
        "patient_status",
        "FL 17",
        "A8:234",
    )


def present_on_admission(cmd: Any, _: date) -> Found:
    """FL 67: every ICD-10 diagnosis of a hospital stay; factors and external causes are exempt."""
    if cmd.code_set != "icd10" or kind_of_bill(cmd) != HOSPITAL_INPATIENT:
        return FINE
    found: list[Any] = []
    for index, diagnosis in enumerate(cmd.diagnoses):
        if diagnosis.present_on_admission is None and diagnosis.code[0] not in "VWXYZ":
            found += problem(
                "poa_missing",
                f"Diagnosis {index + 1}: say whether it was present on admission: Y, N, U (not "
                "documented), W (cannot be told), or 1 (exempt).",
                f"diagnoses.{index}.present_on_admission",
                "FL 67",
                "A6:255" if index else "A6:254",
            )
    return found


def admitting_diagnosis(cmd: Any, _: date) -> Found:
    """FL 69: on inpatient bills."""
    given = cmd.admitting_diagnosis
    if given is None and kind_of_bill(cmd) not in ADMITTING_DIAGNOSIS:
        return FINE
    if given is not None and has_shape(given, cmd.code_set):
        return FINE
    return problem(
        "admitting_diagnosis",
        "Give the admitting diagnosis of the inpatient stay, without the point.",
        "admitting_diagnosis",
        "FL 69",
        "A6:232" if given is None else "A7:232",
    )


def procedure_dates(cmd: Any, _: date) -> Found:
    """FL 74: inside the stay, or in the three days before it."""
    found: list[Any] = []
    for index, procedure in enumerate(cmd.procedures):
        if not within_statement(cmd, procedure.on):
            found += problem(
                "procedure_date",
                f"Procedure {index + 1} lies outside the statement period. Correct its date.",
                f"procedures.{index}.on",
                "FL 74",
                "A7:188",
            )
    return found
