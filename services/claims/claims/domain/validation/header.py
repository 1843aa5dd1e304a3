"""Checks that both forms share: money, providers, patient, diagnoses, corrected claims."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from claims.domain.validation.problem import FINE, Found, problem
from portal_contracts import ids
from portal_contracts.money import cents, dollars

DIAGNOSIS_BOX = "21 / FL 67"
ICD10_FROM = date(2015, 10, 1)
npi_is_valid = lru_cache(maxsize=65536)(ids.npi_is_valid)


def total_matches_lines(cmd: Any, _: date) -> Found:
    """Box 28 is exactly the sum of 24F (FL 47: of the revenue lines)."""
    total, lines = cents(cmd.total_charge), sum([cents(line.charge) for line in cmd.lines])
    if total == lines:
        return FINE
    return problem(
        "total_mismatch",
        f"The total charge is {dollars(total)}, but the lines add up to {dollars(lines)}. Correct "
        "the total, or the line that is wrong or missing.",
        "total_charge",
        "28 / FL 47",
        "A8:400",
    )


def amount_paid_within_total(cmd: Any, _: date) -> Found:
    """Box 29: the patient cannot have paid more than was charged, nor less than nothing."""
    if cmd.amount_paid == "0.00" or 0 <= cents(cmd.amount_paid) <= cents(cmd.total_charge):
        return FINE
    return problem(
        "amount_paid",
        "The amount paid by the patient must lie between 0.00 and the total charge. Leave out what "
        "other payers paid: it belongs to the other payer.",
        "amount_paid",
        "29",
        "A8:178",
    )


def billing_npi(cmd: Any, _: date) -> Found:
    return check_digit(cmd.billing.npi, "billing.npi", "33a / FL 56", "A7:562:85")


def billing_address(cmd: Any, _: date) -> Found:
    """Box 33 is where the provider is, never a post office box (that is the pay-to address)."""
    address = cmd.billing.address
    if address is None or not _is_po_box(address.line1):
        return FINE
    return problem(
        "po_box",
        "The billing provider's address is a post office box. Give the street address; a box can "
        "only be the pay-to address.",
        "billing.address.line1",
        "33 / FL 1",
        "A7:126:85",
    )


def _is_po_box(line: str) -> bool:
    text = line.upper().replace(".", "").replace(" ", "")
    return text.startswith(("POBOX", "POSTOFFICEBOX"))


def patient_born(cmd: Any, today: date) -> Found:
    """Box 3: not in the future."""
    if cmd.patient.date_of_birth <= today:
        return FINE
    return problem(
        "born_in_future",
        "The patient's date of birth lies in the future. Correct it.",
        "patient.date_of_birth",
        "3 / FL 10",
        "A7:158:QC",
    )


def original_named(cmd: Any, _: date) -> Found:
    """Box 22: frequency 7 and 8 name the original, and only they do (CL-06)."""
    # Many systems send an empty box as an empty text.
    frequency, original = cmd.frequency, (cmd.original_claim or "").strip()
    if not original and frequency not in ("7", "8"):
        return FINE
    if not original:
        return problem(
            "original_missing",
            f"Frequency {frequency} corrects or voids a claim: give the original claim number "
            "(Document Control), as on the explanation of payment (M47).",
            "original_claim",
            "22 / FL 64",
            "A6:464",
        )
    if frequency in ("7", "8"):
        return FINE
    return problem(
        "frequency",
        f"An original claim number is given, but frequency {frequency} says this is no correction. "
        "Use 7 to replace or 8 to void the original, or leave the number out.",
        "type_of_bill" if hasattr(cmd, "type_of_bill") else "frequency",
        "22 / FL 4",
        "A7:535",
    )


def line_charge(_cmd: Any, line: Any, index: int, _: date) -> Found:
    """Zero is lawful: 837 practice reports services without a charge. Negative is not."""
    if not line.charge.startswith("-"):
        return FINE
    return problem(
        "charge",
        f"Line {index + 1}: the charge is negative. Use 0.00 for a service without a charge; to "
        "take a claim back, send frequency 8.",
        f"lines.{index}.charge",
        "24F / FL 47",
        "A7:178",
    )


def line_modifiers(_cmd: Any, line: Any, index: int, _: date) -> Found:
    modifiers = line.modifiers
    if len(modifiers) < 2 or len(set(modifiers)) == len(modifiers):
        return FINE
    return problem(
        "modifier_twice",
        f"Line {index + 1}: the same modifier is given twice. Remove one.",
        f"lines.{index}.modifiers",
        "24D / FL 44",
        "A7:453",
    )


def check_digit(npi: str, field: str, box: str, status: str) -> Found:
    """The tenth digit of an NPI checks the other nine."""
    if npi_is_valid(npi):
        return FINE
    return problem(
        "npi_check_digit",
        f"{_whose(field)}'s NPI {npi} ({box if box.startswith('FL') else f'box {box}'}) cannot "
        "exist: its check digit is wrong, so a digit is mistyped. Compare it with the NPI "
        "registry.",
        field,
        box,
        status,
    )


def _whose(field: str) -> str:
    """'Line 3, rendering provider' for `lines.2.rendering.npi`."""
    *line, role = field.removesuffix(".npi").split(".")
    name = "service facility" if role == "facility_npi" else f"{role} provider"
    words = f"line {int(line[1]) + 1}, {name}" if line else name
    return words[0].upper() + words[1:]


def diagnosis_codes(codes: Iterable[str], code_set: str, last_day: date, box: str) -> Found:
    """Shape by code set, each once, and no ICD-9 after its end."""
    found: list[Any] = []
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if not has_shape(code, code_set):
            found += problem(
                "diagnosis_shape",
                f"Diagnosis {index + 1} is not shaped like an {_icd(code_set)} code. Leave out the "
                "point, and check letter O and digit 0.",
                f"diagnoses.{index}",
                box,
                "A7:255" if index else "A7:254",
            )
        if code in seen:
            found += problem(
                "diagnosis_twice",
                f"Diagnosis {index + 1} is given twice. Remove one; point the lines at the other.",
                f"diagnoses.{index}",
                box,
                "A7:255",
            )
        seen.add(code)
    if code_set == "icd9" and last_day >= ICD10_FROM:
        found += problem(
            "code_set",
            "Services from October 1, 2015 on need ICD-10 codes. Give ICD indicator 0 and ICD-10 "
            "codes.",
            "code_set",
            box,
            "A7:255",
        )
    return found


@lru_cache(maxsize=65536)
def has_shape(code: str, code_set: str) -> bool:
    """ICD-10-CM: letter, digit, then any. ICD-9-CM: digits, or a leading V or E."""
    if code_set == "icd10":
        return code[:1].isalpha() and code[1:2].isdigit()
    return len(code) <= 5 and code[1:].isdigit() and (code[0].isdigit() or code[0] in "VE")


def _icd(code_set: str) -> str:
    return {"icd9": "ICD-9-CM", "icd10": "ICD-10-CM"}[code_set]
