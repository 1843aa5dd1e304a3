"""Synthetic examples of every message, always the same: all fields, or the required ones only."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from portal_contracts.base import Message
from tools.contracts.patterns import example

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
    "date_of_birth": "1980-02-03",
    "total_charge": "120.00",
    "charge": "120.00",
    "amount": "120.00",
    "paid": "120.00",
    "allowed": "120.00",
    "diagnoses": "J069",
    "diagnosis": "J069",
    "modifiers": "25",
    "claims": "CLM-7K0123456789ABX",
    "claim_numbers": "CLM-7K0123456789ABX",
    "documents": "DOC-7K0123456789ABX",
    "tins": "123456789",
}
"""Values that read well, by a field's name or its last part. Others get made-up ones."""

DAY = "2026-01-05"
MOMENT = "2026-01-05T14:30:00Z"
DEPTH = 6


def of(message: type[Message], which: Which, tag: str = "") -> dict[str, Json]:
    """The example as JSON; checked against the contract. `tag`: that member of its union."""
    data = _object(message, _Wanted("", which, 0, tag=tag))
    message.model_validate(data)
    return data


def tags(message: type[Message]) -> list[str]:
    """Of the members of a field that is one of several, which a tag tells apart."""
    return [
        tag
        for field in message.model_fields.values()
        if isinstance(field.discriminator, str)
        for member in get_args(field.annotation)
        for tag in get_args(member.model_fields[field.discriminator].annotation)
    ]


def _object(model: type[BaseModel], wanted: "_Wanted") -> dict[str, Json]:
    return {
        name: _field(field, replace(wanted, name=name, depth=wanted.depth + 1, limits=()))
        for name, field in model.model_fields.items()
        if field.is_required() or wanted.everything or _is_tag(field)
    }


def _field(field: FieldInfo, wanted: "_Wanted") -> Json:
    kind: Any = field.annotation
    if field.metadata:
        kind = Annotated[(kind, *field.metadata)]
    return _value(kind, wanted)


def _value(kind: Any, wanted: "_Wanted") -> Json:
    for key in (wanted.name, wanted.name.rsplit("_", 1)[-1]):
        if key in KNOWN and _fits(kind, KNOWN[key]):
            return KNOWN[key]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _value(arguments[0], wanted.within(kind.__metadata__))
    if origin is Literal:
        return wanted.tag if wanted.tag in arguments else arguments[0]
    if origin in (Union, UnionType):
        return _value(_member(arguments, wanted.tag), wanted)
    if origin in (tuple, frozenset, list, set):
        return [_value(arguments[0], wanted.item()) for _ in range(wanted.count())]
    if origin is dict:
        return {"name": _value(arguments[1], wanted.item())}
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _object(kind, wanted)
    return _scalar(kind, wanted)


def _scalar(kind: Any, wanted: "_Wanted") -> Json:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if kind is str:
        return wanted.text()
    simple: dict[Any, Json] = {
        bool: True,
        int: max(1, wanted.number("ge", 1)) if kind is int else 0,
        float: 1.0,
        datetime: MOMENT,
        AwareDatetime: MOMENT,
        date: max(DAY, str(wanted.limit("ge", DAY))),
        timedelta: "P1D",
        UUID: "01940000-0000-7000-8000-000000000001",
    }
    if kind not in simple:
        raise TypeError(f"no example for fields of type {kind}; add one here")
    return simple[kind]


def _member(members: tuple[Any, ...], tag: str) -> Any:
    """The one with this tag, or the first."""
    real = [member for member in members if member is not type(None)]
    return next((member for member in real if tag and tag in _tags_of(member)), real[0])


def _tags_of(kind: Any) -> tuple[Any, ...]:
    fields = kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {}
    return tuple(
        v
        for f in fields.values()
        if get_origin(f.annotation) is Literal
        for v in get_args(f.annotation)
    )


def _is_tag(field: FieldInfo) -> bool:
    # The field that tells the members of a union apart: without it a union cannot be read.
    return get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1


def _fits(kind: Any, value: str) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@dataclass(frozen=True)
class _Wanted:
    """What is known of a value to make: the field's name and what its annotations say."""

    name: str
    which: Which
    depth: int
    limits: tuple[Any, ...] = ()
    tag: str = ""

    @property
    def everything(self) -> bool:
        return self.which == "full" and self.depth < DEPTH

    def within(self, limits: tuple[Any, ...]) -> "_Wanted":
        return replace(self, limits=(*self.limits, *limits))

    def item(self) -> "_Wanted":
        return replace(self, limits=())

    def count(self) -> int:
        """How many entries a list gets."""
        return max(self.number("min_length", 0), int(self.everything))

    def number(self, name: str, default: int) -> int:
        return int(self.limit(name, default))

    def text(self) -> str:
        pattern = self.limit("pattern", None)
        if pattern is not None:
            return example(str(pattern), self.number("min_length", 0))
        least, most = self.number("min_length", 0), self.number("max_length", 100)
        return "example".ljust(least, "x")[: max(most, least)]

    def limit(self, name: str, default: Any) -> Any:
        found = (getattr(part, name, None) for part in self.limits)
        return next((value for value in found if value is not None), default)
