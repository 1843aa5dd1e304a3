"""Every message: described, answered, exported, with golden files that still decode."""

import json
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from portal_contracts import topics
from portal_contracts.answers import answers
from portal_contracts.base import Asked, Command, Event, Message, Query, Replies, Reply
from portal_contracts.claims.queries import SearchClaims
from portal_contracts.common import Parked, Refused
from portal_contracts.paging import Answer, Page, PageAnswer
from portal_contracts.providers.changes import RequestKind
from tests.contracts.definitions import inlined
from tools.contracts import examples, files, schemas

MESSAGES = files.messages()
DOCUMENTS = schemas.documents(MESSAGES)
ASKED = [m for m in MESSAGES.values() if issubclass(m, Asked)]
MEND = "run: make contracts"
every_message = pytest.mark.parametrize("name", sorted(MESSAGES))
GOLDEN = files.golden()
every_golden_example = pytest.mark.parametrize(
    ("name", "which"), [(name, which) for name, found in GOLDEN.items() for which in found]
)


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
def test_every_command_and_query_is_answered_by_its_own_service_or_refused(
    asked: type[Asked],
) -> None:
    said: Replies = answers(asked) if asked.KIND == "command" else (*answers(asked), Parked)
    own, (refused, parked) = said[:-2], said[-2:]
    assert (refused, parked) == (Refused, Parked)
    assert {reply.service() for reply in own} <= {asked.service()}
    assert own or asked.KIND == "command", "a query always has an answer"


@pytest.mark.parametrize(("base", "said"), [(Command, {}), (Query, {}), (Query, {"answers": ()})])
def test_who_asks_and_does_not_say_what_is_answered_is_no_message(
    base: type[Asked], said: dict[str, Any]
) -> None:
    with pytest.raises(TypeError, match=r"test\.mute\.v1 does not say what it is answered with"):
        type("Mute", (base,), {"__doc__": "x", "__module__": __name__}, type="test.mute.v1", **said)


def test_an_answer_is_not_inherited_with_the_fields() -> None:
    with pytest.raises(TypeError, match="does not say what it is answered with"):

        class Again(SearchClaims, type="test.again.v1"):
            """Says nothing of its own."""


def test_every_reply_answers_something() -> None:
    replies = {m for m in MESSAGES.values() if issubclass(m, Reply) and m.service() != "portal"}
    assert replies == {reply for asked in ASKED for reply in asked.ANSWERS}


@every_message
def test_each_kind_of_message_lies_in_its_own_file(name: str) -> None:
    kind, module = MESSAGES[name].KIND, MESSAGES[name].__module__
    file = {"command": "commands", "query": "queries", "reply": "replies", "event": "events"}[kind]
    owner = MESSAGES[name].service()
    where = "portal_contracts.common" if owner == "portal" else f"portal_contracts.{owner}.{file}"
    assert module == where


@every_message
def test_pages_and_how_fresh_an_answer_is_have_one_base(name: str) -> None:
    """What is copied drifts: `after` had three lengths."""
    message = MESSAGES[name]
    fields = message.model_fields.keys()
    if message.KIND == "query":
        assert ({"after", "limit"} <= fields) == issubclass(message, Page)
        paged = {issubclass(reply, PageAnswer) for reply in answers(type_of(message))[:-1]}
        assert paged == {issubclass(message, Page)}
        assert all(issubclass(reply, Answer) for reply in answers(type_of(message))[:-1])
    assert ("next" in fields) == issubclass(message, PageAnswer)
    assert ("as_of" in fields) == issubclass(message, Answer)


def type_of(message: type[Message]) -> type[Asked]:
    assert issubclass(message, Asked)
    return message


def test_generated_files_are_up_to_date() -> None:
    assert files.stale() == [], MEND


@every_message
def test_every_message_has_golden_examples(name: str) -> None:
    tagged = {f"full-{tag}" for tag in examples.tags(MESSAGES[name])}
    assert GOLDEN.get(name, {}).keys() == {*files.KINDS, *tagged}, MEND


def test_a_file_a_service_and_no_other() -> None:
    owners = [f"{owner}.json" for owner in sorted((*topics.SERVICES, "portal"))]
    assert sorted(path.name for path in files.SCHEMAS.iterdir()) == owners
    assert sorted(path.name for path in files.GOLDEN.iterdir()) == owners


def test_every_kind_of_change_has_a_golden_example_of_its_own() -> None:
    kinds = set(get_args(RequestKind))
    assert golden_kinds("maintenance_request_details") == kinds
    # Two more are offered, only to be shown the right door.
    assert golden_kinds("submit_maintenance_request") > kinds


def golden_kinds(name: str) -> set[str]:
    found = GOLDEN[f"providers.{name}.v1"]
    return {body["change"]["type"] for which, body in found.items() if which.startswith("full-")}


@every_golden_example
def test_what_was_ever_released_still_decodes_completely(name: str, which: str) -> None:
    data = GOLDEN[name][which]
    message = MESSAGES[name].model_validate_json(json.dumps(data))
    kept = json.loads(message.model_dump_json())
    assert missing(data, kept) == []


@pytest.mark.parametrize("service", sorted((*topics.SERVICES, "portal")))
def test_golden_examples_fit_the_definition_of_their_type(service: str) -> None:
    """As a gateway in any language does it: the service's document, and the type's name in it."""
    document = json.loads((files.SCHEMAS / f"{service}.json").read_text())
    Draft202012Validator.check_schema(document)
    for name in (name for name, m in MESSAGES.items() if m.service() == service):
        validator = Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": document["$defs"]})
        for body in GOLDEN[name].values():
            validator.validate(body)


@every_message
def test_the_service_document_says_what_the_schema_of_one_message_says(name: str) -> None:
    """The compatibility gate compares the latter."""
    one = schemas.schema_of(MESSAGES[name])
    whole = DOCUMENTS[MESSAGES[name].service()]["$defs"]
    told = inlined(whole[name], whole)
    assert said(inlined(one, one.pop("$defs", {}))) == said(told)
    assert (told["title"], told["x-kind"]) == (name, MESSAGES[name].KIND)


def said(schema: Any) -> Any:
    """What it demands: a message inside another has the title of its class there."""
    if isinstance(schema, list):
        return [said(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    names = {"title", "$schema", "$id", "x-kind", "x-service"}
    # A field may be called so as well; then it has a schema and no text.
    return {k: said(v) for k, v in schema.items() if k not in names or isinstance(v, dict)}


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
