"""Checks of the UB-04 (2.2), in the order of its form locators."""

from datetime import date, timedelta
from typing import Any

from claims.domain.build import cents
from claims.domain.rules.load import codes, table
from claims.domain.state import thousandths
from claims.domain.validation import header
from claims.domain.validation.problem import FINE, Found, problem
from claims.domain.validation.run import Checks

FREQUENCIES = frozenset("012345789")
NON_PAYMENT, VOID = "0", "8"
INTERIM = frozenset("23")
STILL_PATIENT = "30"
HOSPITAL_INPATIENT = "11"
ADMITTING_DIAGNOSIS = frozenset({"11", "12", "21"})
DAYS_BEFORE_ADMISSION = timedelta(days=3)
"""Services of the days before an admission belong to its claim."""
ADMISSION_TYPES = frozenset("123459")
ADMISSION_SOURCES = frozenset("1245689DEFG")
TRANSPORT = "054"
BILL_TYPES = {row["code"]: row for row in table("bill_types")}
DISCHARGE_STATUSES = codes("discharge_statuses")


def kind_of_bill(cmd: Any) -> str:
    """Facility and class digits: '11' for 111, 0111 and 117."""
    return str(cmd.type_of_bill)[-3:-1]


def needs(cmd: Any, column: str) -> bool:
    """Whether this kind of bill needs a field; an unknown kind needs nothing more."""
    row = BILL_TYPES.get(kind_of_bill(cmd))
    return row is not None and row[column] == "Y"


def type_of_bill(cmd: Any, _: date) -> Found:
    """FL 4: facility, class and frequency exist."""
    if kind_of_bill(cmd) not in BILL_TYPES:
        words = "there is no such type of bill. 11x is hospital inpatient, 13x outpatient"
    elif cmd.type_of_bill[-1] not in FREQUENCIES:
        words = "its last digit is no frequency. 1 is an original, 7 a replacement, 8 a void"
    else:
        return FINE
    return problem("type_of_bill", f"Type of bill: {words}.", "type_of_bill", "FL 4", "A7:228")


def statement_period(cmd: Any, today: date) -> Found:
    """FL 6: from is not after through, and through not after today."""
    start, end = cmd.statement_from, cmd.statement_to
    if start <= end <= today:
        return FINE
    if start > end:
        words = "ends before it begins: exchange or correct the two dates"
        return problem(
            "dates_out_of_order", f"The statement {words}.", "statement_to", "FL 6", "A7:188"
        )
    return problem(
        "date_in_future",
        "The statement ends in the future: bill the stay or service once it is over, or an interim "
        "claim (frequency 2 or 3) up to today.",
        "statement_to",
        "FL 6",
        "A7:188",
    )


def in_lifetime(cmd: Any, _: date) -> Found:
    """FL 10: not before birth; nothing begins after death."""
    patient = cmd.patient
    if cmd.statement_from < patient.date_of_birth:
        words = "begins before the patient's date of birth. Correct FL 6 or FL 10"
        return problem(
            "before_birth", f"The statement {words}.", "statement_from", "FL 6", "A7:158:QC"
        )
    if patient.date_of_death is None or cmd.statement_from <= patient.date_of_death:
        return FINE
    return problem(
        "after_death",
        "The statement begins after the patient's date of death. Correct the date.",
        "statement_from",
        "FL 6",
        "A7:188",
    )


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
    if not interim and cmd.type_of_bill[-1] in "78":
        return FINE  # a correction or void of an interim bill
    return problem(
        "patient_status",
        "Discharge status 30 (still patient) and an interim type of bill (frequency 2 or 3) go "
        "together. Correct FL 17 or FL 4.",
        "patient_status",
        "FL 17",
        "A8:234",
    )


def occurrences_not_in_future(cmd: Any, today: date) -> Found:
    found: list[Any] = []
    for index, occurrence in enumerate(cmd.occurrences):
        if occurrence.on > today:
            found += problem(
                "date_in_future",
                f"The date of occurrence code {occurrence.code} lies in the future. Correct it.",
                f"occurrences.{index}.on",
                "FL 31-34",
                "A7:188",
            )
    return found


def something_charged(cmd: Any, _: date) -> Found:
    """Single lines may be free of charge; a whole bill only with frequency 0 (non-payment)."""
    if cents(cmd.total_charge) > 0 or cmd.type_of_bill[-1] in (NON_PAYMENT, VOID):
        return FINE
    words = "The bill charges nothing. Give the charge of at least one line, or frequency 0."
    return problem("nothing_charged", words, "total_charge", "FL 47", "A7:178")


def diagnoses(cmd: Any, _: date) -> Found:
    given = [diagnosis.code for diagnosis in cmd.diagnoses]
    return header.diagnosis_codes(given, cmd.code_set, cmd.statement_to, "FL 67")


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
    if given is not None and header.has_shape(given, cmd.code_set):
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
    start, end = cmd.statement_from - DAYS_BEFORE_ADMISSION, cmd.statement_to
    found: list[Any] = []
    for index, procedure in enumerate(cmd.procedures):
        if not start <= procedure.on <= end:
            found += problem(
                "procedure_date",
                f"Procedure {index + 1} lies outside the statement period. Correct its date.",
                f"procedures.{index}.on",
                "FL 74",
                "A7:188",
            )
    return found


def attending(cmd: Any, _: date) -> Found:
    """FL 76: needed unless the whole bill is transport."""
    if cmd.attending is not None:
        return header.check_digit(cmd.attending.npi, "attending.npi", "FL 76", "A7:562:71")
    if all(line.revenue_code.startswith(TRANSPORT) for line in cmd.lines):
        return FINE
    words = "Give the attending provider with its NPI; only a bill of mere transport has none."
    return problem("attending", words, "attending", "FL 76", "A6:562:71")


def operating(cmd: Any, _: date) -> Found:
    if cmd.operating is None:
        return FINE
    return header.check_digit(cmd.operating.npi, "operating.npi", "FL 77", "A7:562:72")


def line_revenue_code(_cmd: Any, line: Any, index: int, _: date) -> Found:
    """FL 42: the total line 0001 is added up by us; below 0010 there is none else."""
    if int(line.revenue_code) >= 10:
        return FINE
    return problem(
        "revenue_code",
        f"Line {index + 1}: there is no such revenue code. Leave out the total line 0001.",
        f"lines.{index}.revenue_code",
        "FL 42",
        "A7:455",
    )


def line_service_date(cmd: Any, line: Any, index: int, _: date) -> Found:
    """FL 45: inside the statement; on outpatient bills of several days each procedure has one."""
    day, start, end = line.service_date, cmd.statement_from, cmd.statement_to
    if day is None:
        outpatient = not needs(cmd, "admission_date")
        if not outpatient or line.procedure is None or start == end:
            return FINE
        words = "the statement has several days: give the date of this service"
        status = "A6:188"
    elif start - DAYS_BEFORE_ADMISSION <= day <= end:
        return FINE
    else:
        words, status = "the date lies outside the statement period", "A7:188"
    return problem(
        "service_date",
        f"Line {index + 1}: {words}.",
        f"lines.{index}.service_date",
        "FL 45",
        status,
    )


def line_units(_cmd: Any, line: Any, index: int, _: date) -> Found:
    """FL 46: what is charged has units."""
    if thousandths(line.units) > 0 or cents(line.charge) == 0:
        return FINE
    words = f"Line {index + 1}: units must be more than 0."
    return problem("units", words, f"lines.{index}.units", "FL 46", "A7:476")


def line_non_covered(_cmd: Any, line: Any, index: int, _: date) -> Found:
    """FL 48: a part of the charge."""
    if 0 <= cents(line.non_covered) <= max(0, cents(line.charge)):
        return FINE
    return problem(
        "non_covered",
        f"Line {index + 1}: the non-covered charge must lie between 0.00 and the line's charge.",
        f"lines.{index}.non_covered",
        "FL 48",
        "A8:178",
    )


def _has_seldom(line: Any) -> bool:
    return bool(line.modifiers or line.prior_payments)


INSTITUTIONAL = Checks(
    claim=(
        type_of_bill,
        header.original_named,
        statement_period,
        header.patient_born,
        in_lifetime,
        admission_date,
        admission_type,
        admission_source,
        patient_status,
        occurrences_not_in_future,
        header.total_matches_lines,
        something_charged,
        header.amount_paid_within_total,
        header.other_payers_balance,
        header.decisions_not_in_future,
        header.billing_npi,
        header.billing_address,
        diagnoses,
        present_on_admission,
        admitting_diagnosis,
        procedure_dates,
        attending,
        operating,
    ),
    line=(
        line_revenue_code,
        line_service_date,
        line_units,
        header.line_charge,
        line_non_covered,
    ),
    seldom=(header.line_modifiers, header.line_payments_balance),
    has_seldom=_has_seldom,
)
