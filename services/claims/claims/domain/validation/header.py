"""Checks that both forms share: money, providers, patient, diagnoses, corrected claims."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from claims.domain.validation.found import FINE, Found
from portal_contracts import ids
from portal_contracts.claims.problems import form
from portal_contracts.common import Problem
from portal_contracts.money import cents, dollars
from portal_contracts.problems.common import DATE_IN_FUTURE, NPI_CHECK_DIGIT, PO_BOX

DIAGNOSIS_BOX = "21 / FL 67"
ICD10_FROM = date(2015, 10, 1)
npi_is_valid = lru_cache(maxsize=65536)(ids.npi_is_valid)


def total_matches_lines(cmd: Any, _: date) -> Found:
    """Box 28 is exactly the sum of 24F (FL 47: of the revenue lines)."""
    total, lines = cents(cmd.total_charge), sum([cents(line.charge) for line in cmd.lines])
    if total == lines:
        return FINE
    return (form.TOTAL_MISMATCH(total=dollars(total), lines=dollars(lines)),)


def amount_paid_within_total(cmd: Any, _: date) -> Found:
    """Box 29: the patient cannot have paid more than was charged, nor less than nothing."""
    if cmd.amount_paid == "0.00" or 0 <= cents(cmd.amount_paid) <= cents(cmd.total_charge):
        return FINE
    return (form.AMOUNT_PAID(),)


def billing_npi(cmd: Any, _: date) -> Found:
    return check_digit(cmd.billing.npi, "billing.npi", "33a / FL 56", "A7:562:85")


def billing_address(cmd: Any, _: date) -> Found:
    """Box 33 is where the provider is, never a post office box (that is the pay-to address)."""
    address = cmd.billing.address
    if address is None or not _is_po_box(address.line1):
        return FINE
    po_box = PO_BOX(
        what="Billing provider's address",
        instead="pay-to address",
        field="billing.address.line1",
        box="33 / FL 1",
        status="A7:126:85",
    )
    return (po_box,)


def _is_po_box(line: str) -> bool:
    text = line.upper().replace(".", "").replace(" ", "")
    return text.startswith(("POBOX", "POSTOFFICEBOX"))


def patient_born(cmd: Any, today: date) -> Found:
    """Box 3: not in the future."""
    if cmd.patient.date_of_birth <= today:
        return FINE
    what, field = "Patient's date of birth", "patient.date_of_birth"
    return in_future(what, today, field, "3 / FL 10", "A7:158:QC")


def in_future(what: str, today: date, field: str, box: str, status: str, hint: str = "") -> Found:
    """A date that can only be past."""
    return (DATE_IN_FUTURE(what=what, today=today, field=field, box=box, status=status, hint=hint),)


def original_named(cmd: Any, _: date) -> Found:
    """Box 22: frequency 7 and 8 name the original, and only they do (CL-06)."""
    # Many systems send an empty box as an empty text.
    frequency, original = cmd.frequency, (cmd.original_claim or "").strip()
    if bool(original) == (frequency in ("7", "8")):
        return FINE
    if not original:
        return (form.ORIGINAL_MISSING(frequency=frequency),)
    field = "type_of_bill" if hasattr(cmd, "type_of_bill") else "frequency"
    return (form.FREQUENCY(frequency=frequency, field=field),)


def line_charge(_cmd: Any, line: Any, index: int, _: date) -> Found:
    """Zero is lawful: 837 practice reports services without a charge. Negative is not."""
    if not line.charge.startswith("-"):
        return FINE
    return (form.CHARGE(line=index + 1, field=f"lines.{index}.charge"),)


def line_modifiers(_cmd: Any, line: Any, index: int, _: date) -> Found:
    modifiers = line.modifiers
    if len(modifiers) < 2 or len(set(modifiers)) == len(modifiers):
        return FINE
    return (form.MODIFIER_TWICE(line=index + 1, field=f"lines.{index}.modifiers"),)


def check_digit(npi: str, field: str, box: str, status: str) -> Found:
    """The tenth digit of an NPI checks the other nine."""
    if npi_is_valid(npi):
        return FINE
    where = box if box.startswith("FL") else f"box {box}"
    what = f"{_whose(field)}'s NPI {npi} ({where})"
    return (NPI_CHECK_DIGIT(what=what, field=field, box=box, status=status),)


def _whose(field: str) -> str:
    """'Line 3, rendering provider' for `lines.2.rendering.npi`."""
    *line, role = field.removesuffix(".npi").split(".")
    name = "service facility" if role == "facility_npi" else f"{role} provider"
    words = f"line {int(line[1]) + 1}, {name}" if line else name
    return words[0].upper() + words[1:]


def diagnosis_codes(codes: Iterable[str], code_set: str, last_day: date, box: str) -> Found:
    """Shape by code set, each once, and no ICD-9 after its end."""
    found: list[Problem] = []
    seen: set[str] = set()
    for index, code in enumerate(codes):
        number, field = index + 1, f"diagnoses.{index}"
        if not has_shape(code, code_set):
            status, icd = "A7:255" if index else "A7:254", _icd(code_set)
            found.append(
                form.DIAGNOSIS_SHAPE(
                    number=number, code_set=icd, field=field, box=box, status=status
                )
            )
        if code in seen:
            found.append(form.DIAGNOSIS_TWICE(number=number, field=field, box=box))
        seen.add(code)
    if code_set == "icd9" and last_day >= ICD10_FROM:
        found.append(form.CODE_SET(box=box))
    return found


@lru_cache(maxsize=65536)
def has_shape(code: str, code_set: str) -> bool:
    """ICD-10-CM: letter, digit, then any. ICD-9-CM: digits, or a leading V or E."""
    if code_set == "icd10":
        return code[:1].isalpha() and code[1:2].isdigit()
    return len(code) <= 5 and code[1:].isdigit() and (code[0].isdigit() or code[0] in "VE")


def _icd(code_set: str) -> str:
    return {"icd9": "ICD-9-CM", "icd10": "ICD-10-CM"}[code_set]
