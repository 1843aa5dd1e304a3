"""What the JSON Schema refuses the service refuses, and the other way round: for every message.

`PORTAL_MUTATIONS=5000` looks longer. No message has a rule of its own beside its schema; what rules
there are about several fields lie in the services' domains.
"""

import json
import os
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from pydantic import TypeAdapter
from pydantic import ValidationError as Refusal

from portal_contracts.shape_errors import problems_of
from tests.contracts.definitions import inlined
from tests.contracts.mutations import Json, limits_of, mutated, places, sizes, telling
from tools.contracts import files

MESSAGES = files.messages()
GOLDEN = files.golden()
MUTATIONS = int(os.environ.get("PORTAL_MUTATIONS", "60"))
every_message = pytest.mark.parametrize("name", sorted(MESSAGES))


def _pattern(_: Any, pattern: str, instance: Json, schema: Json) -> Iterator[ValidationError]:
    """`pattern` as JSON Schema means it: in ECMA-262 `$` is the very end, in Python's `re` not."""
    assert "$" not in pattern[:-1] and pattern[-1] == "$"
    if isinstance(instance, str) and not re.search(pattern[:-1] + r"\Z", instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _pattern}
)


@cache
def by_schema(name: str) -> Any:
    """As it was exported: what a gateway in any language validates with."""
    definitions = exported(MESSAGES[name].service())
    return Validator(inlined(definitions[name], definitions), format_checker=FormatChecker())


@cache
def exported(service: str) -> Json:
    return json.loads((files.SCHEMAS / f"{service}.json").read_text())["$defs"]


@cache
def by_service(name: str) -> Any:
    """Reads as `incoming.py` does."""
    return TypeAdapter(MESSAGES[name]).validator.validate_json


def examples(name: str) -> list[Json]:
    return [*deepcopy(GOLDEN[name]).values()]


def parts(name: str) -> Iterator[tuple[Json, Json, Any]]:
    """(message, container, key) of every field once, in messages that have all their fields."""
    seen = set()
    for data in (d for which, d in deepcopy(GOLDEN[name]).items() if which.startswith("full")):
        for container, key in [*places(data)]:
            field = json.dumps(
                [sorted(container) if isinstance(container, dict) else 0, key, container[key]]
            )
            if field not in seen:
                yield data, container, key
            seen.add(field)


def agree(name: str, body: str) -> bool:
    """Whether both accept it. AssertionError: one does, the other does not."""
    refusal = ""
    try:
        by_service(name)(body)
    except Refusal as error:
        refusal = str(error)
        assert problems_of(MESSAGES[name], error)
    right: bool = by_schema(name).is_valid(json.loads(body))
    assert right is not bool(refusal), f"{body}\nservice: {refusal or 'yes'}, schema: {right}"
    return right


def accepts(name: str, body: str) -> bool:
    try:
        by_service(name)(body)
    except Refusal:
        return False
    return True


def test_formats_are_checked() -> None:
    """jsonschema passes over the formats whose library is not there (rfc3339-validator)."""
    assert {"date", "date-time"} <= set(FormatChecker().checkers)


@every_message
def test_both_agree_on_golden_files(name: str) -> None:
    assert all(agree(name, json.dumps(data)) for data in examples(name))


@every_message
def test_both_agree_on_what_is_easily_mistaken_for_a_value(name: str) -> None:
    for data, container, key in parts(name):
        kept = container[key]
        for container[key] in telling(kept):
            agree(name, json.dumps(data))
        container[key] = kept


@every_message
def test_both_agree_on_every_limit(name: str) -> None:
    """Where the service changes its mind about a length or a number, so does the schema."""
    limits = limits_of(MESSAGES[name].__pydantic_core_schema__)
    for data, container, key in parts(name):
        kept, before, said = container[key], "", None
        for container[key] in sizes(kept, limits):
            body = json.dumps(data)
            if (says := accepts(name, body)) is not said:
                agree(name, body)
                assert not before or agree(name, before) is said
            before, said = body, says
        container[key] = kept


@every_message
def test_both_agree_on_anything(name: str) -> None:
    random, golden = Random(name), examples(name)
    limits = limits_of(MESSAGES[name].__pydantic_core_schema__)
    found = [
        agree(name, json.dumps(mutated(random, random.choice(golden), limits)))
        for _ in range(MUTATIONS)
    ]
    assert {True, False} == set(found), "mutations that are all alike prove nothing"
