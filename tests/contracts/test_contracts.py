"""Every message: described, answered, exported, with golden files that still decode."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from portal_cli.contracts import examples, files, schemas
from portal_contracts import answers, topics
from portal_contracts.base import Command, Event, Message, Query, Reply
from portal_contracts.providers.changes import RequestKind

MESSAGES = files.messages()
ASKED = [m for m in MESSAGES.values() if m.KIND in ("command", "query")]
MEND = "run: portal contracts export"
every_message = pytest.mark.parametrize("name", sorted(MESSAGES))
every_golden_file = pytest.mark.parametrize(
    "path",
    sorted(files.GOLDEN.glob("*/*.json")),
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)


def golden(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@every_message
def test_the_type_names_an_owner_and_a_version(name: str) -> None:
    service, _, version = name.split(".")
    assert service in (*topics.SERVICES, "portal")
    assert version[0] == "v" and version[1:].isdigit()
    assert MESSAGES[name].__doc__


@every_message
def test_every_field_is_described(name: str) -> None:
    schema = schemas.schema_of(MESSAGES[name])
    for part in (schema, *schema.get("$defs", {}).values()):
        for field, about in part.get("properties", {}).items():
            assert about.get("description"), f"{part['title']}.{field} has no description"


@every_message
def test_commands_are_strict_and_events_tolerant(name: str) -> None:
    data = {**examples.of(MESSAGES[name], "full"), "one_more_field": 1}
    if MESSAGES[name].KIND in ("command", "query"):
        with pytest.raises(ValidationError, match="one_more_field"):
            MESSAGES[name].model_validate(data)
    else:
        MESSAGES[name].model_validate(data)


@every_message
def test_key_and_subject_can_be_computed(name: str) -> None:
    for which in files.KINDS:
        message = MESSAGES[name].model_validate(examples.of(MESSAGES[name], which))
        assert isinstance(message.subject(), str)
        if isinstance(message, Command | Event):
            assert message.key(), "without a key nothing orders the messages"


@pytest.mark.parametrize("asked", ASKED, ids=lambda m: str(m.TYPE))
def test_every_command_and_query_says_what_it_is_answered_with(asked: type[Message]) -> None:
    assert issubclass(asked, Command | Query)
    own = answers.ANSWERS.get(asked)
    assert own is not None, f"add {asked.TYPE} to portal_contracts/answers.py"
    assert own or asked.KIND == "command", "a query always has an answer"


def test_every_reply_answers_something() -> None:
    replies = {m for m in MESSAGES.values() if issubclass(m, Reply) and m.service() != "portal"}
    assert replies == {r for own in answers.ANSWERS.values() for r in own if r in replies}


def test_generated_files_are_up_to_date() -> None:
    assert files.stale() == [], MEND


@every_message
def test_every_message_has_golden_files(name: str) -> None:
    for which in files.KINDS:
        assert (files.GOLDEN / name / f"{which}.json").exists(), MEND
    for tag in examples.tags(MESSAGES[name]):
        assert (files.GOLDEN / name / f"full-{tag}.json").exists(), MEND


def test_every_kind_of_change_has_a_golden_file_of_its_own() -> None:
    kinds = set(get_args(RequestKind))
    assert golden_kinds("maintenance_request_details") == kinds
    # Two more are offered, only to be shown the right door.
    assert golden_kinds("submit_maintenance_request") > kinds


def golden_kinds(name: str) -> set[str]:
    folder = files.GOLDEN / f"providers.{name}.v1"
    return {golden(path)["change"]["type"] for path in folder.glob("full-*.json")}


@every_golden_file
def test_what_was_ever_released_still_decodes_completely(path: Path) -> None:
    data = golden(path)
    message = MESSAGES[path.parent.name].model_validate_json(json.dumps(data))
    kept = json.loads(message.model_dump_json())
    assert missing(data, kept) == []


@every_golden_file
def test_golden_files_fit_the_json_schema(path: Path) -> None:
    schema = json.loads((files.SCHEMAS / f"{path.parent.name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(golden(path))


def missing(sent: Any, kept: Any, path: str = "") -> list[str]:
    """Paths that were sent and are not there any more: an event drops unknown fields silently."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        lost = [f"{path}.{name}" for name in sent if name not in kept]
        both = (name for name in sent if name in kept)
        return lost + [p for n in both for p in missing(sent[n], kept[n], f"{path}.{n}")]
    if isinstance(sent, list) and isinstance(kept, list) and len(sent) == len(kept):
        return [p for a, b in zip(sent, kept, strict=True) for p in missing(a, b, path)]
    return [] if sent == kept else [path]


def test_missing_finds_what_was_dropped_or_changed() -> None:
    assert missing({"a": 1, "b": [{"c": 2}]}, {"a": 1, "b": [{"c": 2}], "d": 0}) == []
    assert missing({"a": 1, "b": [{"c": 2}]}, {"b": [{"c": 3}]}) == [".a", ".b.c"]


@every_message
def test_a_digit_is_a_digit(name: str) -> None:
    r"""`\d`, `\w` and `\s` are other characters in Rust's patterns than in JSON Schema's."""
    text = json.dumps(schemas.schema_of(MESSAGES[name]))
    assert not any(f"\\\\{one}" in text for one in "dws"), r"write [0-9], not \d"
