"""Synthetic examples of every message, always the same: all fields, or the required ones only."""

from datetime import date, datetime
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from portal_contracts.base import Message
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from portal_cli.contracts.patterns import example

Json = Any
Which = Literal["full", "required"]

KNOWN = {
    "member_id": "M1000001-01",
    "npi": "1234567893",
    "tin": "123456789",
    "last_name": "Rivera",
    "first_name": "Ana",
    "name": "Lakeside Clinic",
    "line1": "12 Elm Street",
    "city": "Dayton",
    "state": "OH",
    "zip": "45402",
    "phone": "5132223333",
    "email": "office@example.org",
    "procedure": "99213",
    "modifier": "25",
    "specialty": "207Q00000X",
    "taxonomy": "207Q00000X",
    "place": "11",
    "type_of_bill": "0111",
    "revenue_code": "0450",
    "claim_number": "CLM-7K0123456789ABX",
    "patient_account": "ACCT-1",
    "authorization_number": "AUTH-7K0123456789ABX",
    "document_id": "DOC-7K0123456789ABX",
    "carc": "45",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "content_type": "application/pdf",
    "file_name": "records.pdf",
    "currency": "USD",
}
"""Values that read well, by the last part of a field's name. Any other field gets a made-up one."""

DAY = "2026-01-05"
MOMENT = "2026-01-05T14:30:00Z"
DEPTH = 6


def of(message: type[Message], which: Which) -> dict[str, Json]:
    """The example as JSON; checked against the contract."""
    data = _object(message, which, 0)
    message.model_validate(data)
    return data


def _object(model: type[BaseModel], which: Which, depth: int) -> dict[str, Json]:
    return {
        name: _field(name, field, which, depth + 1)
        for name, field in model.model_fields.items()
        if field.is_required() or (which == "full" and depth < DEPTH) or _is_tag(field)
    }


def _field(name: str, field: FieldInfo, which: Which, depth: int) -> Json:
    parts = (field.annotation, *field.metadata)
    kind = Annotated[parts] if field.metadata else field.annotation  # type: ignore[valid-type]
    for key in (name, name.rsplit("_", 1)[-1]):
        if key in KNOWN and _fits(kind, KNOWN[key]):
            return KNOWN[key]
    return _value(kind, which, depth, _Limits(()))


def _value(kind: Any, which: Which, depth: int, limits: "_Limits") -> Json:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _value(arguments[0], which, depth, limits.and_those_of(kind.__metadata__))
    if origin is Literal:
        return arguments[0]
    if origin in (Union, UnionType):
        return _value(_first(arguments), which, depth, limits)
    if origin in (tuple, frozenset, list, set):
        return _list(arguments[0], which, depth, limits)
    if origin is dict:
        return {"name": _value(arguments[1], which, depth, _Limits(()))}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _object(kind, which, depth)
    return _scalar(kind, limits)


def _list(element: Any, which: Which, depth: int, limits: "_Limits") -> list[Json]:
    least = limits.number("min_length", 0)
    count = max(least, 1 if which == "full" and depth < DEPTH else 0)
    return [_value(element, which, depth, _Limits(())) for _ in range(count)]


def _scalar(kind: Any, limits: "_Limits") -> Json:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if kind is str:
        return limits.text()
    # bool before int, datetime before date: each is a subclass of the other.
    simple: dict[Any, Json] = {
        bool: True,
        int: limits.number("ge", 0 if limits.number("gt", -1) < 0 else 1) or 1,
        float: 1.0,
        datetime: MOMENT,
        date: DAY,
        UUID: "01940000-0000-7000-8000-000000000001",
    }
    if kind not in simple:
        raise TypeError(f"no example for fields of type {kind}; add one here")
    return simple[kind]


def _first(members: tuple[Any, ...]) -> Any:
    return next(member for member in members if member is not type(None))


def _is_tag(field: FieldInfo) -> bool:
    # The field that tells the members of a union apart: without it a union cannot be read.
    return get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1


def _fits(kind: Any, value: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


class _Limits:
    """What the annotations of a field say about its value."""

    def __init__(self, metadata: tuple[Any, ...]) -> None:
        self._metadata = metadata

    def and_those_of(self, metadata: tuple[Any, ...]) -> "_Limits":
        return _Limits((*self._metadata, *metadata))

    def number(self, name: str, default: int) -> int:
        return int(self._find(name, default))

    def text(self) -> str:
        pattern = self._find("pattern", None)
        if pattern is not None:
            return example(str(pattern))
        least, most = self.number("min_length", 0), self.number("max_length", 100)
        return "example".ljust(least, "x")[: max(most, least)]

    def _find(self, name: str, default: Any) -> Any:
        found = (getattr(part, name, None) for part in self._metadata)
        return next((value for value in found if value is not None), default)
