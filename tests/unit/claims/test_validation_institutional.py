"""CL-03 Checks of the UB-04: each wrong field is found, named by form locator, with 277CA codes."""

from datetime import date, timedelta

import pytest

from claims.domain.validation import check
from portal_contracts.claims.commands import SubmitInstitutionalClaim
from tests.unit.claims.builders import (
    BORN,
    DAY,
    OTHER_NPI,
    PATIENT,
    TODAY,
    bill,
    revenue,
    stay,
)

BAD_NPI = "1234567898"
LATER = DAY + timedelta(days=2)
TOMORROW = TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    "sound",
    [
        bill(),
        stay(),
        bill(type_of_bill="0131"),
        bill(revenue(), revenue(charge="0.00", units="0")),
        bill(revenue(charge="0.00"), type_of_bill="130"),
        bill(revenue(revenue_code="0540"), attending=None),
        bill(revenue(non_covered="100.00")),
        bill(revenue(procedure="85025"), statement_to=DAY),
        bill(revenue(procedure="85025", service_date=LATER), statement_to=LATER),
        bill(type_of_bill="137", original_claim="CLM-1"),
        stay(type_of_bill="112", patient_status="30"),
        stay(type_of_bill="117", patient_status="30", original_claim="CLM-1"),
        stay(diagnoses=({"code": "Z3800"},), admitting_diagnosis="Z3800"),
        stay(procedures=({"code": "0DTJ4ZZ", "on": DAY - timedelta(days=3)},)),
        stay(operating={"npi": OTHER_NPI}),
        stay(
            code_set="icd9",
            admitting_diagnosis="4779",
            diagnoses=({"code": "4779"},),
            statement_from=date(2005, 1, 3),
            statement_to=date(2005, 1, 5),
            admission_date=date(2005, 1, 3),
        ),
    ],
)
def test_a_sound_bill_has_no_problem(sound: SubmitInstitutionalClaim) -> None:
    assert check(sound, TODAY) == []


@pytest.mark.parametrize(
    ("wrong", "code", "field", "box", "status"),
    [
        (bill(type_of_bill="991"), "type_of_bill", "type_of_bill", "FL 4", "A7:228"),
        (bill(type_of_bill="136"), "bill_frequency", "type_of_bill", "FL 4", "A7:228"),
        (bill(total_charge="99.00"), "total_mismatch", "total_charge", "28 / FL 47", "A8:400"),
        (bill(revenue(charge="0.00")), "nothing_charged", "total_charge", "FL 47", "A7:178"),
        (
            bill(statement_to=DAY - timedelta(days=1)),
            "dates_out_of_order",
            "statement_to",
            "FL 6",
            "A7:188",
        ),
        (bill(statement_to=TOMORROW), "date_in_future", "statement_to", "FL 6", "A7:188"),
        (
            bill(statement_from=BORN - timedelta(days=1)),
            "before_birth",
            "statement_from",
            "FL 6",
            "A7:158:QC",
        ),
        (
            bill(patient={**PATIENT, "date_of_death": DAY - timedelta(days=1)}),
            "after_death",
            "statement_from",
            "FL 6",
            "A7:188",
        ),
        (stay(admission_date=None), "admission_date", "admission_date", "FL 12", "A6:189"),
        (
            stay(admission_date=date(2026, 2, 14)),
            "admission_after_statement",
            "admission_date",
            "FL 12",
            "A7:189",
        ),
        (stay(admission_type=None), "admission_type", "admission_type", "FL 14", "A6:231"),
        (stay(admission_type="8"), "admission_type", "admission_type", "FL 14", "A7:231"),
        (stay(admission_source=None), "admission_source", "admission_source", "FL 15", "A6:229"),
        (stay(admission_source="Z"), "admission_source", "admission_source", "FL 15", "A7:229"),
        (stay(patient_status=None), "patient_status", "patient_status", "FL 17", "A6:234"),
        (stay(patient_status="99"), "patient_status", "patient_status", "FL 17", "A7:234"),
        (stay(patient_status="30"), "still_patient", "patient_status", "FL 17", "A8:234"),
        (stay(type_of_bill="112"), "still_patient", "patient_status", "FL 17", "A8:234"),
        (
            bill(occurrences=({"code": "11", "on": TOMORROW},)),
            "date_in_future",
            "occurrences.0.on",
            "FL 31-34",
            "A7:188",
        ),
        (
            bill(diagnoses=({"code": "J069"}, {"code": "J069"})),
            "diagnosis_twice",
            "diagnoses.1",
            "FL 67",
            "A7:255",
        ),
        (
            stay(diagnoses=({"code": "J069"},)),
            "poa_missing",
            "diagnoses.0.present_on_admission",
            "FL 67",
            "A6:254",
        ),
        (
            stay(admitting_diagnosis=None),
            "admitting_diagnosis",
            "admitting_diagnosis",
            "FL 69",
            "A6:232",
        ),
        (
            stay(procedures=({"code": "0DTJ4ZZ", "on": DAY - timedelta(days=4)},)),
            "procedure_date",
            "procedures.0.on",
            "FL 74",
            "A7:188",
        ),
        (bill(attending=None), "attending", "attending", "FL 76", "A6:562:71"),
        (
            bill(attending={"npi": BAD_NPI}),
            "npi_check_digit",
            "attending.npi",
            "FL 76",
            "A7:562:71",
        ),
        (
            bill(operating={"npi": BAD_NPI}),
            "npi_check_digit",
            "operating.npi",
            "FL 77",
            "A7:562:72",
        ),
        (
            bill(revenue(revenue_code="0001")),
            "revenue_code",
            "lines.0.revenue_code",
            "FL 42",
            "A7:455",
        ),
        (
            bill(revenue(service_date=LATER)),
            "service_date",
            "lines.0.service_date",
            "FL 45",
            "A7:188",
        ),
        (
            bill(revenue(procedure="85025"), statement_to=LATER),
            "service_date_missing",
            "lines.0.service_date",
            "FL 45",
            "A6:188",
        ),
        (bill(revenue(units="0")), "units", "lines.0.units", "FL 46", "A7:476"),
        (
            bill(revenue(non_covered="100.01")),
            "non_covered",
            "lines.0.non_covered",
            "FL 48",
            "A8:178",
        ),
        (
            bill(revenue(non_covered="-1.00")),
            "non_covered",
            "lines.0.non_covered",
            "FL 48",
            "A8:178",
        ),
        (bill(type_of_bill="137"), "original_missing", "original_claim", "22 / FL 64", "A6:464"),
        (bill(original_claim="CLM-1"), "frequency", "type_of_bill", "22 / FL 4", "A7:535"),
    ],
)
def test_what_is_wrong_is_named(
    wrong: SubmitInstitutionalClaim, code: str, field: str, box: str, status: str
) -> None:
    (problem,) = check(wrong, TODAY)
    assert (problem.code, problem.field, problem.box, problem.status) == (code, field, box, status)
    assert problem.message.endswith(".")


def test_the_first_day_of_the_calendar_is_only_wrong() -> None:
    """Three days before it there is no date to compare with."""
    wrong = stay(statement_from=date.min, procedures=({"code": "0DTJ4ZZ", "on": DAY},))
    assert [p.code for p in check(wrong, TODAY)] == ["before_birth"]
