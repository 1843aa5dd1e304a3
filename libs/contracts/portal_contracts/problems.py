"""Pydantic's errors as problems a biller understands: which field, which box, what to do.

Never shows a value: a wrong value may be somebody's name or date of birth in the wrong place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from portal_contracts import fields
from portal_contracts.common import Problem
from portal_contracts.partial import bare, element_of, is_model, member, partial, tags_of

__all__ = ["partial", "problems_of"]

LIMIT = 100
"""More problems than this help nobody and would make a reply too large for the bus."""

FLOOD = 3_000
"""With more errors it is no message of this type at all. Listing them would hold up all others."""

_FLOOD = "The message has {} errors. Is it of the right type? Compare it with its JSON Schema."
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
        return [Problem(code="too_many_problems", message=_FLOOD.format(error.error_count()))]
    found: dict[tuple[str | None, str], Problem] = {}
    for detail in error.errors(include_url=False, include_input=False):
        problem = _problem(model, detail)
        # A union reports each of its branches: the same place with the same code is one problem.
        found.setdefault((problem.field, problem.code), problem)
    problems = [p for p in found.values() if not _follows_from_others(p, found)]
    if len(problems) <= LIMIT:
        return problems
    more = f"There are {len(problems) - LIMIT} more problems; correct these first."
    return [*problems[:LIMIT], Problem(code="more", message=more)]


def _follows_from_others(problem: Problem, found: Mapping[tuple[str | None, str], Problem]) -> bool:
    """A list is 'too short' for pydantic when its only entry is wrong; that one was named."""
    if problem.code != "too_few":
        return False
    return any((path or "").startswith(f"{problem.field}.") for path, _ in found)


def _problem(model: type[BaseModel], detail: Mapping[str, Any]) -> Problem:
    kind, context = detail["type"], detail.get("ctx") or {}
    place = _locate(model, detail["loc"])
    path = ".".join(map(str, place.path)) or None
    if kind == "extra_forbidden":
        return _unknown(place, path, detail["loc"][-1])
    if kind.startswith("union_tag_"):
        known = " or ".join(sorted(map(str, tags_of(place.kind))))
        wrong_kind = f"{_what(place)} must say in the field `type` what it is: {known}."
        return Problem(code="not_one_of", message=wrong_kind, field=path, box=place.box)
    code, sentence = _explain(kind, context, place.extra("x-hint"))
    return Problem(
        code=code,
        message=sentence.format(what=_what(place)),
        field=path,
        box=place.extra("x-box") or place.box,
        status=place.extra("x-status"),
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


def _unknown(place: Place, path: str | None, name: str | int) -> Problem:
    # The name comes from the sender: shown only when it can be nothing but a name.
    named = isinstance(name, str) and _NAME.fullmatch(name) is not None
    return Problem(
        code="unknown_field",
        message=f"Unknown field{f' {name!r}' if named else ''}; check the spelling.",
        field=".".join(filter(None, (path, str(name) if named else None))) or None,
        box=None,
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


def _explain(kind: str, context: Mapping[str, Any], hint: str | None) -> tuple[str, str]:
    """(code, sentence with {what}) for one of pydantic's error types."""
    advice = f" Expected: {_escape(hint)}." if hint else ""
    if kind in ("literal_error", "enum"):
        return "not_one_of", f"{{what}} must be one of: {_choices(context)}."
    if kind == "string_pattern_mismatch" and context.get("pattern") == _FILLED:
        return "missing", "{what} is empty." + advice
    if kind == "string_pattern_mismatch":
        known = hint or _SHAPES.get(str(context.get("pattern")))
        shape = f" Expected: {_escape(known)}." if known else ""
        return "wrong_shape", "{what} does not have the right shape." + shape
    if kind == "string_too_short":
        return (
            ("missing", "{what} is empty." + advice)
            if context["min_length"] == 1
            else ("wrong_shape", "{what} is too short." + advice)
        )
    if kind in _COUNTED:
        code, sentence = _COUNTED[kind]
        return code, "{what} " + sentence.format(**context) + advice
    for prefix, code, sentence in _PLAIN:
        if kind.startswith(prefix):
            return code, "{what} " + sentence + ("" if code in _SAID else advice)
    return "wrong", "{what} is not right." + advice


def _choices(context: Mapping[str, Any]) -> str:
    # The contract's own words, e.g. "'F', 'M' or 'U'".
    return _escape(str(context.get("expected", "")).replace("'", ""))


def _escape(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


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

_SAID = frozenset({"not_a_date", "not_a_time"})
"""Sentences that already say the right shape."""

_COUNTED = {
    "string_too_long": ("too_long", "is too long: at most {max_length} characters."),
    "too_long": ("too_many", "has too many entries: at most {max_length}."),
    "too_short": ("too_few", "has too few entries: at least {min_length}."),
    "greater_than_equal": ("out_of_range", "must be at least {ge}."),
    "less_than_equal": ("out_of_range", "must be at most {le}."),
    "greater_than": ("out_of_range", "must be more than {gt}."),
    "less_than": ("out_of_range", "must be less than {lt}."),
}

_PLAIN = (
    ("missing", "missing", "is missing."),
    ("json_", "not_json", "is not valid JSON."),
    ("datetime_", "not_a_time", "must be a date and time with time zone (ISO 8601)."),
    ("timezone_", "not_a_time", "must be a date and time with time zone (ISO 8601)."),
    ("date_", "not_a_date", "must be a date: YYYY-MM-DD."),
    ("string_", "not_text", "must be text in quotation marks."),
    ("bool_", "not_true_or_false", "must be true or false."),
    ("int_", "not_a_number", "must be a whole number."),
    ("uuid_", "not_an_id", "must be a UUID."),
    ("tuple_", "not_a_list", "must be a list in square brackets."),
    ("frozen_set_", "not_a_list", "must be a list in square brackets."),
    ("model_", "not_an_object", "must be an object with named fields."),
    ("dict_", "not_an_object", "must be an object with named fields."),
)
