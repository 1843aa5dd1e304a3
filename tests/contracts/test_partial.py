"""What can be read of a broken message, and how a change of an unknown kind is told."""

import json
from datetime import date
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from portal_contracts.base import Model
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.providers.commands import SubmitMaintenanceRequest
from portal_contracts.shape_errors import partial, problems_of
from tests.contracts.shapes import CLAIM, JSON, SECRET, changed, line, problems


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(CLAIM)), JSON, max_size=5))
def test_a_claim_with_some_fields_broken_keeps_all_others(broken: dict[str, object]) -> None:
    parts = partial(SubmitProfessionalClaim, changed(**broken))
    whole = SubmitProfessionalClaim.model_validate_json(json.dumps(CLAIM))
    for name in CLAIM.keys() - broken.keys():
        assert getattr(parts, name) == getattr(whole, name)


def test_parts_read_like_the_model() -> None:
    parts = partial(
        SubmitProfessionalClaim,
        changed(lines=[line(charge="x"), line(), 5], patient=7, total_charge=None),
    )
    assert parts.lines[0].from_date == date(2026, 1, 5)
    assert parts.lines[1].charge == "120.00"
    assert parts.amount_paid == "0.00"
    for owner, name in (
        (parts, "total_charge"),
        (parts, "patient"),
        (parts.lines[0], "charge"),
        (parts.lines[2], "charge"),
        (parts, "model_dump"),
        (parts, "nonsense"),
    ):
        with pytest.raises(AttributeError):
            getattr(owner, name)


def test_properties_of_the_contract_work_on_parts() -> None:
    assert partial(SubmitInstitutionalClaim, {"type_of_bill": "0117"}).frequency == "7"
    assert partial(SubmitProfessionalClaim, CLAIM).key() == (
        SubmitProfessionalClaim.model_validate_json(json.dumps(CLAIM)).key()
    )


def test_parts_are_read_only() -> None:
    with pytest.raises(AttributeError):
        partial(SubmitProfessionalClaim, CLAIM).member_id = "M2"


def test_an_error_text_names_no_value() -> None:
    parts = partial(SubmitProfessionalClaim, changed(member_id=SECRET + "!"))
    with pytest.raises(AttributeError) as caught:
        _ = parts.member_id
    assert SECRET not in str(caught.value) + repr(parts)


def all_models(base: type[BaseModel] = Model) -> list[type[BaseModel]]:
    """Those of the contracts: services' own states may be loaded in the same run."""
    children = (found for child in base.__subclasses__() for found in all_models(child))
    return [m for m in (base, *children) if m.__module__.startswith("portal_contracts")]


@pytest.mark.parametrize("model", all_models(), ids=lambda model: str(model.__name__))
def test_contracts_are_shapes_without_code_that_parts_would_skip(model: type[BaseModel]) -> None:
    decorators = model.__pydantic_decorators__
    assert not decorators.field_validators and not decorators.model_validators


REQUEST = {
    "tin": "123456789",
    "npi": "1234567893",
    "contact": {"name": "Office", "phone": "5552223333"},
    "change": {"type": "billing_address", "effective_date": "soon", "address": {"city": "X"}},
}


def test_the_kind_of_change_is_no_part_of_the_path() -> None:
    found = problems(REQUEST, SubmitMaintenanceRequest)
    assert {p.field for p in found} == {
        "change.effective_date",
        "change.address.line1",
        "change.address.state",
        "change.address.zip",
    }


@pytest.mark.parametrize("change", [{}, {"type": "Qx7SECRETx7Q"}])
def test_an_unknown_kind_of_change_lists_the_known_ones(change: object) -> None:
    (problem,) = problems({**REQUEST, "change": change}, SubmitMaintenanceRequest)
    assert (problem.code, problem.field) == ("no_kind", "change")
    assert "must say in the field `type` what it is: add_extender or" in problem.message
    assert "SECRET" not in problem.message


def test_parts_of_a_broken_change_can_be_read() -> None:
    change = partial(SubmitMaintenanceRequest, REQUEST).change
    assert (change.type, change.address.city) == ("billing_address", "X")
    with pytest.raises(AttributeError):
        _ = change.effective_date


@pytest.mark.parametrize(
    "flood",
    [{"lines": [1] * 100_000}, {"lines": [{}] * 50_000}, {f"a{n}": 1 for n in range(30_000)}],
    ids=["numbers", "empty lines", "unknown fields"],
)
def test_a_huge_bad_message_takes_no_more_time_than_reading_it(flood: dict[str, object]) -> None:
    began = process_time()
    with pytest.raises(ValidationError) as caught:
        SubmitProfessionalClaim.model_validate(flood)
    read = process_time()
    (problem,) = problems_of(SubmitProfessionalClaim, caught.value)
    assert problem.code == "too_many_problems"
    partial(SubmitProfessionalClaim, flood)
    assert process_time() - read < max(2 * (read - began), 0.5)
