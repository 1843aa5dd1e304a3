"""837P: every element that the contract knows, and what is odd in real files."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_x12 import Message

COLUMBUS = {"line1": "1 ELM ST", "city": "COLUMBUS", "state": "OH", "zip": "43215"}


@pytest.fixture
def messages(example: Any) -> list[Message]:
    return [claim.message for claim in example("professional").claims]


def test_the_claims_are_valid_commands_with_the_contracts_key(messages: list[Message]) -> None:
    for message in messages:
        command = SubmitProfessionalClaim.model_validate(message.body)
        assert message.type == command.TYPE
        assert message.key == command.key()


def test_header_and_people(messages: list[Message]) -> None:
    command = SubmitProfessionalClaim.model_validate(messages[0].body)
    assert command.member_id == "M1000001-00"
    assert command.insured is None
    assert command.patient.date_of_birth == date(1980, 1, 2)
    assert messages[0].body["patient"]["address"] == COLUMBUS
    assert command.billing.tin == "311234567"
    assert command.billing.taxonomy == "207Q00000X"
    assert command.billing.address is not None
    assert command.billing.address.line2 == "SUITE 4"
    assert command.billing.address.zip == "432151234"
    assert (command.patient_account, command.total_charge) == ("ACC-1", "250.50")
    assert (command.authorization, command.original_claim) == ("AUTH77", None)
    assert (command.accept_assignment, command.signature_on_file) == (True, True)
    assert command.frequency == "1"
    assert command.onset == date(2026, 9, 1)


def test_providers(messages: list[Message]) -> None:
    command = SubmitProfessionalClaim.model_validate(messages[0].body)
    assert command.rendering is not None
    assert (command.rendering.npi, command.rendering.last_name) == ("1932104098", "RENDER")
    assert command.referring is not None
    assert command.referring.npi == "1999999984"
    assert command.facility_npi == "1447848577"
    of_line = command.lines[1].rendering
    assert of_line is not None
    assert of_line.npi == "1235600834"


def test_lines_and_diagnoses(messages: list[Message]) -> None:
    command = SubmitProfessionalClaim.model_validate(messages[0].body)
    assert (command.code_set, command.diagnoses) == ("icd10", ("J029", "R509"))
    first, second = command.lines
    assert (first.procedure, first.modifiers) == ("99213", ("25", "GT"))
    assert (first.charge, first.units, first.pointers) == ("150.00", "1", (1, 2))
    assert (first.place, second.place) == ("11", "22"), "of the claim; of the line where it has one"
    assert (first.from_date, first.to_date) == (date(2026, 9, 15), date(2026, 9, 15))
    assert (second.from_date, second.to_date) == (date(2026, 9, 15), date(2026, 9, 16))
    assert second.pointers == (2,), "written 2.00 in the file"
    assert (first.epsdt, second.epsdt) == (None, "Y")


def test_a_dependent_has_the_familys_id_with_an_own_suffix(messages: list[Message]) -> None:
    _, child, spouse = (SubmitProfessionalClaim.model_validate(m.body) for m in messages)
    assert spouse.member_id == "M1000001-01"
    assert child.member_id.startswith("M1000001-")
    assert child.member_id not in ("M1000001-00", "M1000001-01")
    assert child.patient.first_name == "BO"
    assert child.insured is not None
    assert (child.insured.first_name, child.insured.relationship) == ("ANA", "child")


def test_a_corrected_claim_after_an_accident(messages: list[Message]) -> None:
    command = SubmitProfessionalClaim.model_validate(messages[1].body)
    assert (command.frequency, command.original_claim) == ("7", "CLM-00000000000000X")
    assert command.related_to == ("auto", "other_accident")
    assert (command.accident_state, command.onset) == ("OH", date(2026, 9, 13))
    assert (command.accept_assignment, command.signature_on_file) == (False, False)
    assert command.amount_paid == "10.00"
    assert command.lines[0].units == "0.5"


def test_a_wrong_separator_in_the_diagnoses_leaves_gaps_for_the_service_to_name(
    example: Any,
) -> None:
    body = example("malformed").claims[0].message.body
    assert body["diagnoses"] == ["", "", "5559"]
    assert body["code_set"] == "icd9"
    with pytest.raises(ValidationError) as error:
        SubmitProfessionalClaim.model_validate(body)
    wrong = {".".join(map(str, e["loc"])) for e in error.value.errors()}
    assert {"diagnoses.0", "diagnoses.1", "patient.date_of_birth", "lines.0.from_date"} <= wrong
    assert {"lines.1.charge", "lines.1.pointers.0", "lines.1.from_date"} <= wrong


def test_lines_without_lx_are_lines(example: Any) -> None:
    assert len(example("malformed").claims[0].message.body["lines"]) == 2


def test_a_claim_without_anything_is_still_a_message(example: Any) -> None:
    empty = example("malformed").claims[1].message
    assert empty.type == SubmitProfessionalClaim.TYPE
    assert empty.body["frequency"] == ""
    assert "patient_account" not in empty.body
    assert example("separators").claims[2].message.body.get("member_id") is None
