"""Checks of the CMS-1500 (2.1), in the order of its boxes."""

from datetime import date
from functools import lru_cache
from typing import Any

from claims.domain.rules.load import codes
from claims.domain.state import thousandths
from claims.domain.validation import header, other_payers
from claims.domain.validation.problem import FINE, Found, problem
from claims.domain.validation.run import Checks
from portal_contracts.money import cents

MAX_UNITS = 999_000
INPATIENT = "21"
EPSDT = frozenset({"AV", "S2", "ST", "NU", "Y", "N"})
PLACES = codes("places")


def accident(cmd: Any, _: date) -> Found:
    """Boxes 10 and 14: an accident has a date, an auto accident a state too."""
    related = cmd.related_to
    if not related:
        return FINE
    found: list[Any] = []
    if "auto" in related and cmd.accident_state is None:
        found += problem(
            "accident_state",
            "Box 10b says auto accident: give the state where it happened, two letters.",
            "accident_state",
            "10b",
            "A6:187",
        )
    if cmd.onset is None and ("auto" in related or "other_accident" in related):
        found += problem(
            "accident_date",
            "Box 10 says accident: give the date of the accident in box 14.",
            "onset",
            "14",
            "A6:187",
        )
    return found


def onset_not_after_service(cmd: Any, today: date) -> Found:
    if cmd.onset is None or cmd.onset <= today:
        return FINE
    return problem(
        "onset", "The date in box 14 lies in the future. Correct it.", "onset", "14", "A7:187"
    )


def referring_npi(cmd: Any, _: date) -> Found:
    if cmd.referring is None:
        return FINE
    return header.check_digit(cmd.referring.npi, "referring.npi", "17b", "A7:562:DN")


def hospitalization(cmd: Any, _: date) -> Found:
    """Box 18: dates of the stay for inpatient services, in order."""
    start, end = cmd.hospitalized_from, cmd.hospitalized_to
    if start is None and INPATIENT in [line.place for line in cmd.lines]:
        return problem(
            "hospitalized_from",
            "A line has place of service 21: give the admission date in box 18.",
            "hospitalized_from",
            "18",
            "A6:189",
        )
    if start is None or end is None or start <= end:
        return FINE
    return problem(
        "hospitalized_to",
        "The stay in box 18 ends before it begins. Correct the dates.",
        "hospitalized_to",
        "18",
        "A7:189",
    )


def diagnoses(cmd: Any, _: date) -> Found:
    last = max([line.to_date for line in cmd.lines])
    return header.diagnosis_codes(cmd.diagnoses, cmd.code_set, last, "21")


def rendering_npi(cmd: Any, _: date) -> Found:
    if cmd.rendering is None:
        return FINE
    return header.check_digit(cmd.rendering.npi, "rendering.npi", "24J", "A7:562:82")


def facility_npi(cmd: Any, _: date) -> Found:
    if cmd.facility_npi is None:
        return FINE
    return header.check_digit(cmd.facility_npi, "facility_npi", "32a", "A7:562:77")


def something_charged(cmd: Any, _: date) -> Found:
    """Single lines may be free of charge, a whole claim may not."""
    if cents(cmd.total_charge) > 0 or cmd.frequency == "8":
        return FINE
    return problem(
        "nothing_charged",
        "The claim charges nothing. Give the charge of at least one line.",
        "total_charge",
        "28",
        "A7:178",
    )


def line_dates(_cmd: Any, line: Any, index: int, today: date) -> Found:
    """Box 24A: from is not after to, and to not after the day of receipt."""
    if line.from_date <= line.to_date <= today:
        return FINE
    future = line.to_date > today or line.from_date > today
    words = (
        "lies in the future: bill a service once it is done"
        if future
        else "ends before it begins: exchange or correct the two dates"
    )
    return problem(
        "date_in_future" if future else "dates_out_of_order",
        f"Line {index + 1}: the date of service {words}.",
        f"lines.{index}.to_date",
        "24A",
        "A7:187",
    )


def line_in_lifetime(cmd: Any, line: Any, index: int, _: date) -> Found:
    """Not before birth, not after death."""
    patient = cmd.patient
    if line.from_date < patient.date_of_birth:
        return problem(
            "before_birth",
            f"Line {index + 1}: the service lies before the patient's date of birth. Correct the "
            "date in box 24A or in box 3.",
            f"lines.{index}.from_date",
            "24A",
            "A7:158:QC",
        )
    if patient.date_of_death is None or line.from_date <= patient.date_of_death:
        return FINE
    return problem(
        "after_death",
        f"Line {index + 1}: the service lies after the patient's date of death. Correct the date.",
        f"lines.{index}.from_date",
        "24A",
        "A7:187",
    )


def line_place(_cmd: Any, line: Any, index: int, _: date) -> Found:
    if line.place in PLACES:
        return FINE
    return problem(
        "place_unknown",
        f"Line {index + 1}: there is no such place of service. 11 is the office, 21 inpatient, 22 "
        "outpatient hospital, 23 emergency room.",
        f"lines.{index}.place",
        "24B",
        "A7:249",
    )


def line_pointers(cmd: Any, line: Any, index: int, _: date) -> Found:
    """Box 24E: each pointer points at a diagnosis of box 21, at each once."""
    count = len(cmd.diagnoses)
    if _each_once(tuple(line.pointers), count):
        return FINE
    return problem(
        "pointer",
        f"Line {index + 1}: a diagnosis pointer names a diagnosis twice, or one that box 21 does "
        f"not have: there are {count}. 1 is A, 2 is B.",
        f"lines.{index}.pointers",
        "24E",
        "A8:477",
    )


@lru_cache(maxsize=4096)
def _each_once(pointers: tuple[int, ...], count: int) -> bool:
    once = len(set(pointers)) == len(pointers)
    return once and min(pointers) >= 1 and max(pointers) <= count


def line_units(_cmd: Any, line: Any, index: int, _: date) -> Found:
    if 0 < thousandths(line.units) <= MAX_UNITS:
        return FINE
    return problem(
        "units",
        f"Line {index + 1}: units must be more than 0 and at most 999.",
        f"lines.{index}.units",
        "24G",
        "A7:476",
    )


def line_epsdt(_cmd: Any, line: Any, index: int, _: date) -> Found:
    if line.epsdt is None or line.epsdt in EPSDT:
        return FINE
    return problem(
        "epsdt",
        f"Line {index + 1}: the EPSDT code in box 24H is one of AV, S2, ST, NU, Y, N.",
        f"lines.{index}.epsdt",
        "24H",
        "A7:187",
    )


def line_rendering_npi(_cmd: Any, line: Any, index: int, _: date) -> Found:
    if line.rendering is None:
        return FINE
    field = f"lines.{index}.rendering.npi"
    return header.check_digit(line.rendering.npi, field, "24J", "A7:562:82")


def _has_seldom(line: Any) -> bool:
    return bool(line.modifiers or line.rendering or line.epsdt or line.prior_payments)


PROFESSIONAL = Checks(
    claim=(
        header.patient_born,
        other_payers.claim_figures,
        other_payers.decision_dates,
        accident,
        onset_not_after_service,
        referring_npi,
        hospitalization,
        diagnoses,
        header.original_named,
        rendering_npi,
        header.total_matches_lines,
        something_charged,
        header.amount_paid_within_total,
        facility_npi,
        header.billing_npi,
        header.billing_address,
    ),
    line=(
        line_dates,
        line_in_lifetime,
        line_place,
        line_pointers,
        header.line_charge,
        line_units,
    ),
    seldom=(
        header.line_modifiers,
        line_epsdt,
        line_rendering_npi,
        other_payers.line_figures,
        other_payers.line_decision_dates,
    ),
    has_seldom=_has_seldom,
)
