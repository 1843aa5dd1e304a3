"""The readable parts of a message that does not have the right shape.

With them the rules of a service can still look at what is there, so that one reply lists every
problem instead of one kind after the other.
"""

from contextlib import suppress
from functools import cache
from inspect import getattr_static
from types import FunctionType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

LONGEST = 1_000
"""Entries of a list. Whoever sends more has mixed something up; reading on only costs time."""


class Partial:
    """Reads like the model. What is missing or wrong raises AttributeError: a rule skips it."""

    __slots__ = ("_model", "_values")

    def __init__(self, model: type[BaseModel], values: dict[str, Any]) -> None:
        object.__setattr__(self, "_model", model)
        object.__setattr__(self, "_values", values)

    def __getattr__(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        # Properties and methods of the contract (frequency, key …) work on the parts as well.
        own = None if name.startswith("_") or hasattr(BaseModel, name) else _static(self, name)
        if isinstance(own, property | FunctionType):
            return own.__get__(self, type(self))
        raise AttributeError(f"{name} is missing or not readable in this {self._model.__name__}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("parts of a message are read-only")

    def __repr__(self) -> str:
        return f"<parts of {self._model.__name__}: {', '.join(sorted(self._values)) or 'none'}>"


def partial(model: type[BaseModel], data: object) -> Any:
    """All valid parts of `data`, which may be any JSON value; never raises."""
    values = data if isinstance(data, dict) else {}
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name in values:
            readable, value = _read(_adapter(model, name), field.annotation, values[name])
            if readable:
                found[name] = value
        elif not field.is_required():
            found[name] = field.get_default(call_default_factory=True, validated_data={})
    return Partial(model, found)


def _read(adapter: TypeAdapter[Any], annotation: Any, value: object) -> tuple[bool, Any]:
    """(True, the value) when it or parts of it can be read."""
    if isinstance(value, list) and len(value) > LONGEST:
        return False, None
    with suppress(ValidationError):
        return True, adapter.validate_python(value)
    kind = chosen(bare(annotation), value)
    if is_model(kind) and isinstance(value, dict):
        return True, partial(kind, value)
    element = bare(element_of(kind))
    if is_model(element) and isinstance(value, list):
        # Only lists of objects: leaving out one code of many would shift those after it.
        return True, tuple(_item(element, item) for item in value)
    return False, None


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    kind: Any = field.annotation
    if field.metadata:
        kind = Annotated[(kind, *field.metadata)]
    return TypeAdapter(kind)


def _item(model: type[BaseModel], value: object) -> Any:
    try:
        return model.model_validate(value)
    except ValidationError:
        return partial(model, value)


def bare(annotation: Any) -> Any:
    """The type behind `Annotated[…]` and `… | None`; a real union stays as it is."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return bare(get_args(annotation)[0])
    if origin in (Union, UnionType):
        members = [m for m in get_args(annotation) if m is not type(None)]
        if len(members) == 1:
            return bare(members[0])
    return annotation


def member(union: Any, label: object) -> Any:
    """The member of a union that is called so: by its class name, or by its `type` field."""
    for candidate in map(bare, get_args(union)):
        if is_model(candidate) and (candidate.__name__ == label or label in tags_of(candidate)):
            return candidate
    return union


def chosen(kind: Any, value: object) -> Any:
    """The member of a union that the value says it is; any other type as it is."""
    tags = value.values() if isinstance(value, dict) else ()
    found = (member(kind, tag) for tag in tags if isinstance(tag, str))
    return next((model for model in found if model is not kind), kind)


@cache
def tags_of(kind: Any) -> frozenset[object]:
    """What the `type` field of a model may say; of a union: that of all its members."""
    if not is_model(kind):
        return frozenset(tag for m in get_args(kind) for tag in tags_of(bare(m)))
    literals = (get_args(f.annotation) for f in kind.model_fields.values() if _is_tag(f))
    return frozenset(value for values in literals for value in values)


def _is_tag(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1


def element_of(annotation: Any) -> Any:
    """The element's type of a `tuple[X, ...]` or `frozenset[X]`, else None."""
    if get_origin(annotation) in (tuple, frozenset, list, set):
        return get_args(annotation)[0]
    return None


def is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _static(parts: Partial, name: str) -> Any:
    return getattr_static(parts._model, name, None)
