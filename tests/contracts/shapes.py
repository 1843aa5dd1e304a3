"""A sound claim, ways to break it, and what is then said of it."""

import json
from typing import Any

import pytest
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.common import Problem
from portal_contracts.shape_errors import problems_of

CLAIM: dict[str, Any] = {
    "member_id": "M100-01",
    "patient": {"last_name": "Rivera", "date_of_birth": "1980-02-03", "sex": "F"},
    "billing": {"npi": "1234567893", "tin": "123456789", "name": "Clinic"},
    "patient_account": "A1",
    "total_charge": "120.00",
    "diagnoses": ["J069"],
    "lines": [
        {
            "procedure": "99213",
            "from_date": "2026-01-05",
            "to_date": "2026-01-05",
            "place": "11",
            "charge": "120.00",
            "units": "1",
            "pointers": [1],
        }
    ],
}


def changed(**changes: Any) -> dict[str, Any]:
    return {**CLAIM, **changes}


def line(**changes: Any) -> dict[str, Any]:
    return {**CLAIM["lines"][0], **changes}


def problems(data: object, model: type[BaseModel] = SubmitProfessionalClaim) -> list[Problem]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(json.dumps(data))
    return problems_of(model, caught.value)


def only(data: object) -> Problem:
    (problem,) = problems(data)
    return problem


SECRET = "Qx7SECRETx7Q"
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.just(SECRET),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(sorted(CLAIM)) | st.text(max_size=5) | st.just(f"{SECRET} 1"),
            children,
            max_size=4,
        )
    ),
    max_leaves=12,
)
