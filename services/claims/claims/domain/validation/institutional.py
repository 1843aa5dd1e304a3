"""Checks of the UB-04 (2.2), in the order of its form locators. Of the stay: `stay`."""

from datetime import date
from typing import Any

from claims.domain.state import thousandths
from claims.domain.validation import header, other_payers, stay
from claims.domain.validation.bill_types import (
    BILL_TYPES,
    FREQUENCIES,
    NON_PAYMENT,
    VOID,
    kind_of_bill,
    needs,
)
from claims.domain.validation.problem import FINE, Found, problem
from claims.domain.validation.run import Checks
from portal_contracts.money import cents

TRANSPORT = "054"


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
    day = line.service_date
    if day is None:
        outpatient = not needs(cmd, "admission_date")
        if not outpatient or line.procedure is None or cmd.statement_from == cmd.statement_to:
            return FINE
        words = "the statement has several days: give the date of this service"
        status = "A6:188"
    elif stay.within_statement(cmd, day):
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
        stay.admission_date,
        stay.admission_type,
        stay.admission_source,
        stay.patient_status,
        occurrences_not_in_future,
        header.total_matches_lines,
        something_charged,
        header.amount_paid_within_total,
        other_payers.claim_figures,
        other_payers.decision_dates,
        header.billing_npi,
        header.billing_address,
        diagnoses,
        stay.present_on_admission,
        stay.admitting_diagnosis,
        stay.procedure_dates,
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
    seldom=(header.line_modifiers, other_payers.line_figures, other_payers.line_decision_dates),
    has_seldom=_has_seldom,
)
