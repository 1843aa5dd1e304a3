"""Pydantic's errors as problems a biller understands: which field, which box, what to do.

Never shows a value: a wrong value may be somebody's name or date of birth in the wrong place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from portal_contracts import fields
from portal_contracts.common import Problem
from portal_contracts.partial import bare, element_of, is_model, member, partial, tags_of
from portal_contracts.problems import ProblemCode, shape
from portal_contracts.problems.common import MORE
from portal_contracts.problems.message import NOT_JSON, TOO_MANY_PROBLEMS

__all__ = ["LIMIT", "partial", "problems_of", "shortened"]

LIMIT = 100
"""More problems than this help nobody and would make a reply too large for the bus."""

FLOOD = 3_000
"""With more errors it is no message of this type at all. Listing them would hold up all others."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_IRREGULAR = {"diagnoses": "diagnosis", "statuses": "status"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a message an error lies, in words of the contract only."""

    path: tuple[str | int, ...] = ()
    field: FieldInfo | None = None
    box: str | None = None
    on_item: bool = False
    kind: Any = None

    def extra(self, name: str) -> str | None:
        extra = self.field.json_schema_extra if self.field is not None else None
        value = extra.get(name) if isinstance(extra, dict) else None
        return value if isinstance(value, str) else None


def problems_of(model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """Every problem once, in the order of the form; never raises."""
    if error.error_count() > FLOOD:
        return [TOO_MANY_PROBLEMS(count=error.error_count())]
    found: dict[tuple[str | None, str], Problem] = {}
    for detail in error.errors(include_url=False):
        problem = _problem(model, detail)
        # A union reports each of its branches: the same place with the same code is one problem.
        found.setdefault((problem.field, problem.code), problem)
    return shortened([p for p in found.values() if not _follows_from_others(p, found)])


def shortened(problems: list[Problem]) -> list[Problem]:
    """At most LIMIT of them, and where there are more, that there are."""
    return problems if len(problems) <= LIMIT else [*problems[:LIMIT], MORE(count=LIMIT)]


def _follows_from_others(problem: Problem, found: Mapping[tuple[str | None, str], Problem]) -> bool:
    """A list is 'too short' for pydantic when its only entry is wrong; that one was named."""
    if problem.code != shape.TOO_FEW.code:
        return False
    return any((path or "").startswith(f"{problem.field}.") for path, _ in found)


def _problem(model: type[BaseModel], detail: Mapping[str, Any]) -> Problem:
    kind, context = detail["type"], detail.get("ctx") or {}
    place = _locate(model, detail["loc"])
    path = ".".join(map(str, place.path)) or None
    if kind == "json_invalid":
        return NOT_JSON()
    if kind == "extra_forbidden":
        return _unknown(path, detail["loc"][-1])
    if detail["input"] is None and _required(place):
        # Whoever sends null for what is left out would be told that it must be text.
        kind = "missing"
    if kind.startswith("union_tag_"):
        known = " or ".join(sorted(map(str, tags_of(place.kind))))
        return shape.NO_KIND(what=_what(place), choices=known, field=path, box=place.box)
    hint = place.extra("x-hint")
    code, words, advice = _explain(kind, context, hint)
    return code(
        what=_what(place),
        **words,
        field=path,
        box=place.extra("x-box") or place.box,
        status=place.extra("x-status"),
        hint=f"Expected: {advice}." if advice else "",
    )


def _locate(model: type[BaseModel], loc: tuple[str | int, ...]) -> Place:
    """Follow pydantic's path through the contract; labels of unions are no part of the path."""
    place = Place(kind=model)
    for step in loc:
        kind, box = place.kind, place.extra("x-box") or place.box
        if isinstance(step, str) and is_model(kind) and step in kind.model_fields:
            field = kind.model_fields[step]
            place = Place((*place.path, step), field, box, kind=bare(field.annotation))
        elif isinstance(step, int) and element_of(kind) is not None:
            element = bare(element_of(kind))
            place = Place((*place.path, step), place.field, box, on_item=True, kind=element)
        else:
            place = replace(place, kind=member(kind, step))
    return place


def _required(place: Place) -> bool:
    """Whether it must be there; an entry of a list must say something too."""
    return place.on_item or (place.field is not None and place.field.is_required())


def _unknown(path: str | None, name: str | int) -> Problem:
    # The name comes from the sender: shown only when it can be nothing but a name.
    named = isinstance(name, str) and _NAME.fullmatch(name) is not None
    return shape.UNKNOWN_FIELD(
        name=repr(name) if named else "whose name is not repeated here",
        field=".".join(filter(None, (path, str(name) if named else None))) or None,
    )


def _what(place: Place) -> str:
    """'Line 3: charge for the line in dollars (box 24F)'."""
    if place.field is None:
        return "The message"
    label = _label(place)
    items = list(_items(place.path))
    if place.on_item:
        label = items.pop()
    box = place.extra("x-box") or place.box
    where = f" ({box if box.startswith('FL') else f'box {box}'})" if box else ""
    if items and label[1:2].islower():
        label = label[0].lower() + label[1:]
    words = ", ".join([*items, label])
    return words[0].upper() + words[1:] + where


def _label(place: Place) -> str:
    """First words of the field's description, or its name where that starts with a code."""
    names = [step for step in place.path if isinstance(step, str)]
    text = re.split(r"[:;,(]", place.field.description or "" if place.field else "")[0].strip()
    return text if text[:1].isalpha() else names[-1].replace("_", " ")


def _items(path: tuple[str | int, ...]) -> Iterator[str]:
    """'line 3' for ('lines', 2)."""
    for name, index in pairwise(path):
        if isinstance(name, str) and isinstance(index, int):
            one = _IRREGULAR.get(name) or re.sub("s$", "", re.sub("ies$", "y", name))
            yield f"{one.replace('_', ' ')} {index + 1}"


def _explain(
    kind: str, context: Mapping[str, Any], hint: str | None
) -> tuple[ProblemCode, dict[str, Any], str | None]:
    """(code, its words beside `what`, what is expected) for one of pydantic's error types."""
    if kind in ("literal_error", "enum"):
        return shape.NOT_ONE_OF, {"choices": _choices(context)}, None
    if kind == "string_pattern_mismatch" and context.get("pattern") == _FILLED:
        return shape.MISSING, {}, hint
    if kind == "string_pattern_mismatch":
        return shape.WRONG_SHAPE, {}, hint or _SHAPES.get(str(context.get("pattern")))
    if kind == "string_too_short":
        return shape.MISSING if context["min_length"] == 1 else shape.WRONG_SHAPE, {}, hint
    if kind in _LIMITED:
        name, code, of_days = _LIMITED[kind]
        limit = context[name]
        if isinstance(limit, str):  # pydantic writes a day in ISO form, and nothing else as text
            return of_days, {"limit": date.fromisoformat(limit)}, hint
        return code, {"limit": limit}, hint
    for prefix, code in _PLAIN:
        if kind.startswith(prefix):
            return code, {}, None if code in _SAID else hint
    return shape.WRONG, {}, hint


def _choices(context: Mapping[str, Any]) -> str:
    # The contract's own words, e.g. "'F', 'M' or 'U'".
    return str(context.get("expected", "")).replace("'", "")


def _pattern(annotated: Any) -> str:
    return str(annotated.__metadata__[0].pattern)


_FILLED = _pattern(fields.Filled)
_SHAPES = {
    _pattern(fields.Money): "dollars and cents with a point, e.g. 120.00",
    _pattern(fields.MemberId): "letters, digits and dashes as on the card, 2 to 30 of them",
    _pattern(fields.Npi): "10 digits, the first a 1 or a 2",
    _pattern(fields.Tin): "9 digits without dashes",
    _pattern(fields.ProcedureCode): "5 letters or digits",
    _pattern(fields.DiagnosisCode): "3 to 7 capital letters or digits, no point",
    _pattern(fields.Modifier): "2 capital letters or digits",
    _pattern(fields.Carc): "1 to 3 letters or digits",
    _pattern(fields.Rarc): "1 or 2 letters and 1 to 3 digits",
}

_SAID = (shape.NOT_A_DATE, shape.NOT_A_TIME)
"""Sentences that already say the right shape."""

_LIMITED = {
    "string_too_long": ("max_length", shape.TOO_LONG, shape.TOO_LONG),
    "too_long": ("max_length", shape.TOO_MANY, shape.TOO_MANY),
    "too_short": ("min_length", shape.TOO_FEW, shape.TOO_FEW),
    "greater_than_equal": ("ge", shape.TOO_LOW, shape.DATE_TOO_EARLY),
    "less_than_equal": ("le", shape.TOO_HIGH, shape.DATE_TOO_LATE),
}
"""Which of pydantic's values is the limit, and the codes for numbers and for days."""

_PLAIN = (
    ("missing", shape.MISSING),
    ("datetime_", shape.NOT_A_TIME),
    ("timezone_", shape.NOT_A_TIME),
    ("date_", shape.NOT_A_DATE),
    ("string_", shape.NOT_TEXT),
    ("bool_", shape.NOT_TRUE_OR_FALSE),
    ("int_", shape.NOT_A_NUMBER),
    ("uuid_", shape.NOT_AN_ID),
    ("tuple_", shape.NOT_A_LIST),
    ("frozen_set_", shape.NOT_A_LIST),
    ("model_", shape.NOT_AN_OBJECT),
    ("dict_", shape.NOT_AN_OBJECT),
)
