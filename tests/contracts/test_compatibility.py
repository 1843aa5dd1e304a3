"""The compatibility check: what breaks others is found, what does not is let through."""

from copy import deepcopy
from typing import Any

import pytest

from tools.contracts import compatibility, files, releases, schemas
from tools.contracts.schemas import Schema

COMMAND: Schema = {
    "title": "claims.do_it.v1",
    "x-kind": "command",
    "type": "object",
    "additionalProperties": False,
    "required": ["number", "kind", "person"],
    "properties": {
        "number": {"type": "string", "pattern": "^[A-Z]+$", "maxLength": 10, "minLength": 2},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "count": {"type": "integer", "default": 1, "minimum": 1, "maximum": 9},
        "on": {"type": "string", "format": "date", "default": "2026-01-01"},
        "people": {"type": "array", "items": {"$ref": "#/$defs/Person"}, "default": []},
        "person": {"$ref": "#/$defs/Person"},
        "pick": {
            "anyOf": [{"$ref": "#/$defs/Person"}, {"$ref": "#/$defs/Firm"}, {"type": "null"}],
            "default": None,
        },
    },
    "$defs": {
        "Person": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "age": {"type": "integer", "default": 0}},
        },
        "Firm": {
            "type": "object",
            "required": ["tin"],
            "properties": {"tin": {"type": "string", "pattern": "^\\d{9}$"}},
        },
    },
}
EVENT: Schema = {**COMMAND, "title": "claims.it_was_done.v1", "x-kind": "event"}

REMOVE = object()


def changed(schema: Schema, path: str, value: Any) -> Schema:
    """The schema with one thing at `a/b/c` set, or removed."""
    copy = deepcopy(schema)
    *way, last = path.split("/")
    place = copy
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value is REMOVE:
        del place[last]
    else:
        place[last] = value
    return copy


P = "properties"
OPTIONAL = {"type": "string", "default": ""}
BREAKS_BOTH = [
    (f"{P}/note", REMOVE, "the field 'note' is gone"),
    (f"{P}/number/type", "integer", "the field 'number': its type has changed"),
    (f"{P}/number/pattern", "^[a-z]+$", "the field 'number': its pattern has changed"),
    (f"{P}/number/maxLength", 9, "its maxLength has changed from 10 to 9"),
    (f"{P}/number/minLength", 3, "its minLength has changed from 2 to 3"),
    (f"{P}/kind/enum", ["a"], "the field 'kind' no longer takes 'b'"),
    (f"{P}/count/minimum", 2, "its minimum has changed from 1 to 2"),
    (f"{P}/count/maximum", 8, "its maximum has changed from 9 to 8"),
    (f"{P}/count/default", 2, "the field 'count': its default has changed"),
    (f"{P}/on/not", {"const": "9999-12-31"}, "the field 'on': its not has changed"),
    (f"{P}/on/format", "date-time", "the field 'on': its format has changed"),
    (f"{P}/people/maxItems", 5, "its maxItems has changed from None to 5"),
    (f"{P}/people/items", {"type": "string"}, "the field 'people[]': its type has changed"),
    (f"{P}/note", {"type": "string", "default": None}, "the field 'note' accepts less"),
    (f"{P}/pick/anyOf", [{"$ref": "#/$defs/Person"}, {"type": "null"}], "'pick' accepts less"),
    ("$defs/Person/properties/age", REMOVE, "age' is gone"),
    ("$defs/Firm/properties/tin/pattern", "^\\d{8}$", "'pick.tin': its pattern has changed"),
    ("required", ["number", "kind", "person", "count"], "'count' is required now"),
    ("$defs/Person/required", ["name", "age"], "age' is required now"),
]
BREAKS_READERS_ONLY = [
    (f"{P}/kind/enum", ["a", "b", "c"], "the field 'kind' may now be 'c'"),
    ("required", ["number", "person"], "the field 'kind' may be missing now"),
    (f"{P}/number/maxLength", 11, "its maxLength has changed from 10 to 11"),
    (f"{P}/number/pattern", REMOVE, "its pattern has changed"),
    (f"{P}/kind", {"type": "string"}, "the field 'kind' may now be anything"),
    (
        f"{P}/number",
        {"anyOf": [COMMAND[P]["number"], {"type": "null"}]},
        "the field 'number' may now hold something readers do not expect",
    ),
]
FINE = [
    (f"{P}/remark", OPTIONAL, "a new optional field"),
    ("$defs/Person/properties/title", OPTIONAL, "a new optional field of a part"),
    ("description", "other words", "another description"),
    (f"{P}/number/description", "other words", "another description of a field"),
]


def found(old: Schema, path: str, value: Any) -> list[str]:
    return compatibility.breaks(old, changed(old, path, value))


@pytest.mark.parametrize("schema", [COMMAND, EVENT], ids=["command", "event"])
@pytest.mark.parametrize(("path", "value", "sentence"), BREAKS_BOTH)
def test_what_breaks_senders_and_readers(
    schema: Schema, path: str, value: Any, sentence: str
) -> None:
    findings = found(schema, path, value)
    assert any(sentence in finding for finding in findings), findings


@pytest.mark.parametrize(("path", "value", "sentence"), BREAKS_READERS_ONLY)
def test_what_makes_a_command_lenient_breaks_the_readers_of_an_event(
    path: str, value: Any, sentence: str
) -> None:
    assert found(COMMAND, path, value) == []
    findings = found(EVENT, path, value)
    assert any(sentence in finding for finding in findings), findings


@pytest.mark.parametrize("schema", [COMMAND, EVENT], ids=["command", "event"])
@pytest.mark.parametrize(("path", "value", "what"), FINE)
def test_what_breaks_nobody(schema: Schema, path: str, value: Any, what: str) -> None:
    assert found(schema, path, value) == [], what


def test_a_new_required_field_breaks_both() -> None:
    for schema in (COMMAND, EVENT):
        new = changed(schema, f"{P}/remark", {"type": "string"})
        new["required"] = [*new["required"], "remark"]
        (finding,) = compatibility.breaks(schema, new)
        assert "the field 'remark' is new and required" in finding


def test_a_new_kind_in_a_union_is_lenient_for_commands_only() -> None:
    more = [*COMMAND[P]["pick"]["anyOf"], {"type": "integer"}]
    assert found(COMMAND, f"{P}/pick/anyOf", more) == []
    assert "readers do not expect" in found(EVENT, f"{P}/pick/anyOf", more)[0]


def test_every_sentence_says_what_to_do() -> None:
    (finding,) = found(COMMAND, f"{P}/note", REMOVE)
    assert finding == (
        "claims.do_it.v1: the field 'note' is gone. Leave claims.do_it.v1 as it was and make "
        "claims.do_it.v2 beside it, served until nobody uses the old one."
    )


@pytest.mark.parametrize("name", sorted(files.messages()))
def test_no_contract_breaks_itself_and_each_of_its_fields_is_watched(name: str) -> None:
    schema = schemas.schema_of(files.messages()[name])
    assert compatibility.breaks(schema, schema) == []
    for field in schema.get(P, {}):
        assert any("is gone" in s for s in found(schema, f"{P}/{field}", REMOVE)), field


def test_released_messages_keep_their_word() -> None:
    assert releases.broken() == []


def test_a_released_message_that_vanishes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "released", lambda: {"claims.gone.v1": COMMAND})
    (finding,) = releases.broken()
    assert finding.startswith("claims.gone.v1: it was released and is gone.")
