"""Whom a reply shows: the members named in it, for the access log.

They are found in the reply itself, so no service can forget to list them. A contract names a member
in a field of type `MemberId`.
"""

from collections.abc import Callable, Iterable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from portal_contracts.base import Command, Query
from portal_contracts.fields import NamesMember

Finder = Callable[[Any], Iterable[str]]


def members_in(reply: BaseModel) -> set[str]:
    """IDs of all members that the reply names, at any depth."""
    return set(_of_model(reply))


def why(asked: Command | Query) -> str:
    """What was asked and, where the query says so, for what purpose: 'get member: treatment'."""
    what = asked.TYPE.split(".")[1].replace("_", " ")
    purpose = getattr(asked, "purpose", None)
    return f"{what}: {purpose}" if purpose else what


def _of_model(model: BaseModel) -> Iterable[str]:
    for name, finder in _finders(type(model)):
        value = getattr(model, name)
        if value is not None:
            yield from finder(value)


@cache
def _finders(model: type[BaseModel]) -> tuple[tuple[str, Finder], ...]:
    """The fields of a model in which a member may be named, and how to find it there."""
    found = []
    for name, field in model.model_fields.items():
        marked = any(isinstance(m, NamesMember) for m in field.metadata)
        finder = _itself if marked else _finder(field.annotation)
        if finder is not None:
            found.append((name, finder))
    return tuple(found)


def _finder(kind: Any) -> Finder | None:
    """How members are found in a value of this type; None where there can be none."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        marked = any(isinstance(m, NamesMember) for m in arguments[1:])
        return _itself if marked else _finder(arguments[0])
    if origin in (Union, UnionType):
        # A member ID beside nothing is the only union of plain text; models find their own way.
        finders = [finder for finder in map(_finder, arguments) if finder is not None]
        return finders[0] if finders else None
    if origin in (tuple, list, set, frozenset):
        finder = _finder(arguments[0])
        return None if finder is None else _each(finder)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _of_model if _finders(kind) else None
    return None


def _itself(value: str) -> Iterable[str]:
    # An empty ID names nobody.
    return (value,) if value else ()


def _each(finder: Finder) -> Finder:
    return lambda values: (member for value in values for member in finder(value))
