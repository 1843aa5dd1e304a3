"""837I: every element that the contract knows."""

from datetime import date
from typing import Any

import pytest

from portal_contracts.claims.commands import SubmitInstitutionalClaim
from portal_contracts.claims.parts import CodedAmount, Occurrence


@pytest.fixture
def command(example: Any) -> SubmitInstitutionalClaim:
    (claim,) = example("institutional").claims
    assert claim.message.type == SubmitInstitutionalClaim.TYPE
    return SubmitInstitutionalClaim.model_validate(claim.message.body)


def test_bill_statement_and_admission(command: SubmitInstitutionalClaim) -> None:
    assert (command.type_of_bill, command.frequency) == ("111", "1")
    assert (command.statement_from, command.statement_to) == (date(2026, 9, 1), date(2026, 9, 4))
    assert command.admission_date == date(2026, 9, 1)
    assert (command.admission_type, command.admission_source) == ("1", "4")
    assert command.patient_status == "01"


def test_codes(command: SubmitInstitutionalClaim) -> None:
    shown = [(one.code, one.present_on_admission) for one in command.diagnoses]
    assert shown == [("I10", "Y"), ("E119", "N"), ("Z794", None)]
    assert (command.code_set, command.admitting_diagnosis) == ("icd10", "R079")
    procedures = [(one.code, one.on) for one in command.procedures]
    assert procedures == [("02HK3JZ", date(2026, 9, 2)), ("4A023N7", date(2026, 9, 3))]
    assert command.condition_codes == ("09", "17")
    assert command.occurrences == (Occurrence(code="11", on=date(2026, 8, 30)),)
    assert command.values == (
        CodedAmount(code="A1", amount="12.50"),
        CodedAmount(code="80", amount="3.00"),
    )


def test_lines(command: SubmitInstitutionalClaim) -> None:
    room, blood = command.lines
    assert (room.revenue_code, room.procedure, room.charge) == ("0120", None, "2500.00")
    assert (room.units, room.service_date) == ("3", None)
    assert (blood.procedure, blood.modifiers) == ("85025", ("91",))
    assert (blood.non_covered, blood.service_date) == ("25.50", date(2026, 9, 2))


def test_people(command: SubmitInstitutionalClaim) -> None:
    assert command.attending is not None
    assert command.operating is not None
    assert (command.attending.npi, command.operating.npi) == ("1999999984", "1932104098")
    assert (command.patient.sex, command.member_id) == ("U", "M2000002-00")
