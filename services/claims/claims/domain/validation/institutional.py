"""Checks of the UB-04 (2.2), in the order of its form locators. Of the stay: `stay`."""

from datetime import date
from typing import Any

from claims.domain.submission import thousandths
from claims.domain.validation import header, other_payers, stay
from claims.domain.validation.bill_types import (
    BILL_TYPES,
    FREQUENCIES,
    NON_PAYMENT,
    VOID,
    kind_of_bill,
    needs,
)
from claims.domain.validation.found import FINE, Found
from claims.domain.validation.run import Checks
from portal_contracts.claims.problems import form, ub04
from portal_contracts.common import Problem
from portal_contracts.money import cents
from portal_contracts.problems.common import DATES_OUT_OF_ORDER

TRANSPORT = "054"
NOT_OVER = (
    "Bill the stay or service once it is over, or send an interim claim (frequency 2 or 3) up to "
    "today."
)


def type_of_bill(cmd: Any, _: date) -> Found:
    """FL 4: facility, class and frequency exist."""
    if kind_of_bill(cmd) not in BILL_TYPES:
        return (ub04.TYPE_OF_BILL(),)
    return FINE if cmd.type_of_bill[-1] in FREQUENCIES else (ub04.BILL_FREQUENCY(),)


def statement_period(cmd: Any, today: date) -> Found:
    """FL 6: from is not after through, and through not after today."""
    start, end = cmd.statement_from, cmd.statement_to
    if start <= end <= today:
        return FINE
    what, field, box, status = "Statement", "statement_to", "FL 6", "A7:188"
    if start > end:
        backwards = DATES_OUT_OF_ORDER(
            what=what, first=start, last=end, field=field, box=box, status=status
        )
        return (backwards,)
    return header.in_future("Last day of the statement", today, field, box, status, NOT_OVER)


def in_lifetime(cmd: Any, _: date) -> Found:
    """FL 10: not before birth; nothing begins after death."""
    patient, day = cmd.patient, cmd.statement_from
    what, field = "First day of the statement", "statement_from"
    if day < patient.date_of_birth:
        return (form.BEFORE_BIRTH(what=what, field=field, box="FL 6"),)
    if patient.date_of_death is None or day <= patient.date_of_death:
        return FINE
    return (form.AFTER_DEATH(what=what, field=field, box="FL 6", status="A7:188"),)


def occurrences_not_in_future(cmd: Any, today: date) -> Found:
    found: list[Problem] = []
    for index, occurrence in enumerate(cmd.occurrences):
        if occurrence.on > today:
            what = f"Date of occurrence code {occurrence.code}"
            field = f"occurrences.{index}.on"
            found += header.in_future(what, today, field, "FL 31-34", "A7:188")
    return found


def something_charged(cmd: Any, _: date) -> Found:
    """Single lines may be free of charge; a whole bill only with frequency 0 (non-payment)."""
    if cents(cmd.total_charge) > 0 or cmd.type_of_bill[-1] in (NON_PAYMENT, VOID):
        return FINE
    return (form.NOTHING_CHARGED(box="FL 47", hint="A bill without payment has frequency 0."),)


def diagnoses(cmd: Any, _: date) -> Found:
    given = [diagnosis.code for diagnosis in cmd.diagnoses]
    return header.diagnosis_codes(given, cmd.code_set, cmd.statement_to, "FL 67")


def attending(cmd: Any, _: date) -> Found:
    """FL 76: needed unless the whole bill is transport."""
    if cmd.attending is not None:
        return header.check_digit(cmd.attending.npi, "attending.npi", "FL 76", "A7:562:71")
    if all(line.revenue_code.startswith(TRANSPORT) for line in cmd.lines):
        return FINE
    return (ub04.ATTENDING(),)


def operating(cmd: Any, _: date) -> Found:
    if cmd.operating is None:
        return FINE
    return header.check_digit(cmd.operating.npi, "operating.npi", "FL 77", "A7:562:72")


def line_revenue_code(_cmd: Any, line: Any, index: int, _: date) -> Found:
    """FL 42: the total line 0001 is added up by us; below 0010 there is none else."""
    if int(line.revenue_code) >= 10:
        return FINE
    return (ub04.REVENUE_CODE(line=index + 1, field=f"lines.{index}.revenue_code"),)


def line_service_date(cmd: Any, line: Any, index: int, _: date) -> Found:
    """FL 45: inside the statement; on outpatient bills of several days each procedure has one."""
    day, field = line.service_date, f"lines.{index}.service_date"
    if day is None:
        outpatient = not needs(cmd, "admission_date")
        if not outpatient or line.procedure is None or cmd.statement_from == cmd.statement_to:
            return FINE
        return (ub04.SERVICE_DATE_MISSING(line=index + 1, field=field),)
    if stay.within_statement(cmd, day):
        return FINE
    return (ub04.SERVICE_DATE(line=index + 1, field=field),)


def line_units(_cmd: Any, line: Any, index: int, _: date) -> Found:
    """FL 46: what is charged has units."""
    if thousandths(line.units) > 0 or cents(line.charge) == 0:
        return FINE
    field = f"lines.{index}.units"
    return (form.UNITS(line=index + 1, range="more than 0", field=field, box="FL 46"),)


def line_non_covered(_cmd: Any, line: Any, index: int, _: date) -> Found:
    """FL 48: a part of the charge."""
    if 0 <= cents(line.non_covered) <= max(0, cents(line.charge)):
        return FINE
    return (ub04.NON_COVERED(line=index + 1, field=f"lines.{index}.non_covered"),)


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
