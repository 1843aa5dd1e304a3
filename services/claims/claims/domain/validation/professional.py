"""Checks of the CMS-1500 (2.1), in the order of its boxes."""

from datetime import date
from functools import lru_cache
from typing import Any

from claims.domain.rules.load import codes
from claims.domain.submission import thousandths
from claims.domain.validation import header, other_payers
from claims.domain.validation.found import FINE, Found
from claims.domain.validation.run import Checks
from portal_contracts.claims.problems import form
from portal_contracts.common import Problem
from portal_contracts.money import cents
from portal_contracts.problems.common import DATES_OUT_OF_ORDER

MAX_UNITS = 999_000
INPATIENT = "21"
EPSDT = frozenset({"AV", "S2", "ST", "NU", "Y", "N"})
PLACES = codes("places")


def accident(cmd: Any, _: date) -> Found:
    """Boxes 10 and 14: an accident has a date, an auto accident a state too."""
    related = cmd.related_to
    if not related:
        return FINE
    found: list[Problem] = []
    if "auto" in related and cmd.accident_state is None:
        found.append(form.ACCIDENT_STATE())
    if cmd.onset is None and ("auto" in related or "other_accident" in related):
        found.append(form.ACCIDENT_DATE())
    return found


def onset_not_after_service(cmd: Any, today: date) -> Found:
    if cmd.onset is None or cmd.onset <= today:
        return FINE
    return header.in_future("Date in box 14", today, "onset", "14", "A7:187")


def referring_npi(cmd: Any, _: date) -> Found:
    if cmd.referring is None:
        return FINE
    return header.check_digit(cmd.referring.npi, "referring.npi", "17b", "A7:562:DN")


def hospitalization(cmd: Any, _: date) -> Found:
    """Box 18: dates of the stay for inpatient services, in order."""
    start, end = cmd.hospitalized_from, cmd.hospitalized_to
    if start is None and INPATIENT in [line.place for line in cmd.lines]:
        return (form.HOSPITALIZED_FROM(),)
    if start is None or end is None or start <= end:
        return FINE
    backwards = DATES_OUT_OF_ORDER(
        what="Stay in box 18",
        first=start,
        last=end,
        field="hospitalized_to",
        box="18",
        status="A7:189",
    )
    return (backwards,)


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
    return (form.NOTHING_CHARGED(box="28"),)


def line_dates(_cmd: Any, line: Any, index: int, today: date) -> Found:
    """Box 24A: from is not after to, and to not after the day of receipt."""
    first, last = line.from_date, line.to_date
    if first <= last <= today:
        return FINE
    what, field = f"Line {index + 1}, date of service", f"lines.{index}.to_date"
    if last > today or first > today:
        hint = "Bill a service once it is done."
        return header.in_future(what, today, field, "24A", "A7:187", hint)
    backwards = DATES_OUT_OF_ORDER(
        what=what, first=first, last=last, field=field, box="24A", status="A7:187"
    )
    return (backwards,)


def line_in_lifetime(cmd: Any, line: Any, index: int, _: date) -> Found:
    """Not before birth, not after death."""
    patient, day = cmd.patient, line.from_date
    what, field = f"Line {index + 1}, date of service", f"lines.{index}.from_date"
    if day < patient.date_of_birth:
        return (form.BEFORE_BIRTH(what=what, field=field, box="24A"),)
    if patient.date_of_death is None or day <= patient.date_of_death:
        return FINE
    return (form.AFTER_DEATH(what=what, field=field, box="24A", status="A7:187"),)


def line_place(_cmd: Any, line: Any, index: int, _: date) -> Found:
    if line.place in PLACES:
        return FINE
    return (form.PLACE_UNKNOWN(line=index + 1, field=f"lines.{index}.place"),)


def line_pointers(cmd: Any, line: Any, index: int, _: date) -> Found:
    """Box 24E: each pointer points at a diagnosis of box 21, at each once."""
    count = len(cmd.diagnoses)
    if _each_once(tuple(line.pointers), count):
        return FINE
    return (form.POINTER(line=index + 1, count=count, field=f"lines.{index}.pointers"),)


@lru_cache(maxsize=4096)
def _each_once(pointers: tuple[int, ...], count: int) -> bool:
    once = len(set(pointers)) == len(pointers)
    return once and min(pointers) >= 1 and max(pointers) <= count


def line_units(_cmd: Any, line: Any, index: int, _: date) -> Found:
    if 0 < thousandths(line.units) <= MAX_UNITS:
        return FINE
    most = f"more than 0 and at most {MAX_UNITS // 1000}"
    return (form.UNITS(line=index + 1, range=most, field=f"lines.{index}.units", box="24G"),)


def line_epsdt(_cmd: Any, line: Any, index: int, _: date) -> Found:
    if line.epsdt is None or line.epsdt in EPSDT:
        return FINE
    return (form.EPSDT(line=index + 1, field=f"lines.{index}.epsdt"),)


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
