"""Headers are read as asyncapi.json says: what its schemas take is read, and nothing else."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from portal_contracts import envelope as e
from tests.contracts.mutations import MOMENTS, TEXTS
from tools.contracts import files

RIGHT = {
    e.ID: "01940000-0000-7000-8000-000000000001",
    e.TYPE: "claims.get_claim.v1",
    e.SOURCE: "/portal/gateway",
    e.TIME: "2026-01-05T14:30:00Z",
    e.PRINCIPAL: "x.y.z",
}
IDS = [
    *(RIGHT[e.ID].upper(), RIGHT[e.ID].replace("-", ""), f"urn:uuid:{RIGHT[e.ID]}"),
    *(f"{{{RIGHT[e.ID]}}}", f"{RIGHT[e.ID]}\n", f" {RIGHT[e.ID]}", RIGHT[e.ID][:-1]),
    *("01940000-0000-7000-8000-00000000000g", "0194_0000-000-7000-8000-000000000001"),
    *("0194-00000000-7000-8000-000000000001", "٣" * 36),
]


def _pattern(_: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    r"""`$` is the very end in ECMA-262, and `re.search` in Python lets a line feed follow."""
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


HEADERS = json.loads(files.ASYNCAPI.read_text(encoding="utf-8"))["components"]["schemas"]
Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _pattern}
)
BY_DOCUMENT = Validator(HEADERS["CallHeaders"], format_checker=FormatChecker())


def read(headers: dict[str, str]) -> bool:
    try:
        e.read_headers((name, value.encode()) for name, value in headers.items())
    except e.BadEnvelope:
        return False
    return True


def agree(headers: dict[str, str]) -> bool:
    said = BY_DOCUMENT.is_valid(headers)
    assert said is read(headers), headers
    return said


def test_right_headers_are_read() -> None:
    assert agree(RIGHT)
    assert agree({**RIGHT, e.TIME: "2026-01-05T14:30:00.123456+00:00", e.CORRELATION: "a" * 200})


@pytest.mark.parametrize("name", [e.ID, e.TYPE, e.SOURCE, e.TIME])
def test_what_is_required_is_missed(name: str) -> None:
    assert not agree({key: value for key, value in RIGHT.items() if key != name})
    assert not agree({**RIGHT, name: ""})


def test_ids_and_times_are_written_in_one_way_only() -> None:
    assert [one for one in IDS if agree({**RIGHT, e.ID: one})] == [RIGHT[e.ID].upper()]
    taken = [moment for moment in MOMENTS if agree({**RIGHT, e.TIME: moment})]
    assert 5 < len(taken) < len(MOMENTS) / 2
    for text in TEXTS:
        agree({**RIGHT, e.ID: text})
        agree({**RIGHT, e.TIME: text})


@given(st.sampled_from([e.ID, e.TIME]), st.data())
def test_nearly_right_ones_are_read_as_the_document_says(name: str, data: st.DataObject) -> None:
    near = list(RIGHT[name])
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(near) - 1))
        near[at] = data.draw(st.sampled_from(["", "0", "1", "3", "f", "-", ":", "T", " ", "٣"]))
    agree({**RIGHT, name: "".join(near)})


@pytest.mark.parametrize("name", [e.CORRELATION, e.TRACEPARENT])
def test_what_is_copied_is_bounded(name: str) -> None:
    assert not agree({**RIGHT, name: "a" * 201})


@pytest.mark.parametrize("name", [e.SPEC, e.CONTENT_TYPE, e.SUBJECT, e.CAUSATION, e.DEADLINE])
@pytest.mark.parametrize("value", ["", "1.1", "application/json; charset=utf-8", "soon"])
def test_what_is_not_looked_at_may_say_anything(name: str, value: str) -> None:
    assert agree({**RIGHT, name: value})
