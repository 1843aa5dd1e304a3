"""The AsyncAPI document: complete, without dangling references, with examples that fit."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from portal_contracts import envelope, topics
from tools.contracts import asyncapi, files
from tools.contracts.headers import HEADERS

MESSAGES = files.messages()
DOCUMENT: dict[str, Any] = asyncapi.document(MESSAGES, "0")


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def resolve(reference: str) -> Any:
    place: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        place = place[step]
    return place


def test_every_reference_leads_somewhere() -> None:
    assert all(resolve(reference) is not None for reference in references(DOCUMENT))


def test_it_names_every_topic_that_carries_messages() -> None:
    named = {channel["address"] for channel in DOCUMENT["channels"].values()} - {None}
    created = {spec.name for spec in topics.all_topics()}
    assert named <= created
    assert {f"{s}.{kind}" for s in topics.SERVICES for kind in ("commands", "events")} <= named


def test_every_message_but_replies_is_an_operation_on_its_topic() -> None:
    for name, message in MESSAGES.items():
        if message.KIND == "reply":
            continue
        operation = DOCUMENT["operations"][name]
        channel = resolve(operation["channel"]["$ref"])
        assert channel["address"] == topics.topic_of(name, message.KIND)
        assert operation["action"] == ("send" if message.KIND == "event" else "receive")
        assert ("reply" in operation) == (message.KIND != "event")
        assert all(
            resolve(m["$ref"]) in channel["messages"].values() for m in operation["messages"]
        )


def test_replies_go_where_the_asker_says_and_may_always_be_a_refusal() -> None:
    reply = DOCUMENT["operations"]["claims.submit_professional_claim.v1"]["reply"]
    assert reply["address"]["location"] == f"$message.header#/{envelope.REPLY_TO}"
    names = [m["$ref"].rsplit("/", 1)[1] for m in reply["messages"]]
    assert names == [
        "claims.claim_accepted.v1",
        "claims.claim_rejected_reply.v1",
        "portal.refused.v1",
        "portal.parked.v1",
    ]


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_examples_fit_their_schema_and_headers_are_named(name: str) -> None:
    message = DOCUMENT["components"]["messages"][name]
    schema = {**message["payload"], "components": DOCUMENT["components"]}
    validator = Draft202012Validator(schema)
    for example in message["examples"]:
        validator.validate(example["payload"])
    headers = resolve(message["headers"]["$ref"])
    assert {envelope.ID, envelope.TYPE, envelope.TIME} <= set(headers["required"])
    signed = envelope.PRINCIPAL in headers["required"]
    assert signed == (MESSAGES[name].KIND in ("command", "query"))


def test_the_headers_are_those_the_services_read() -> None:
    constants = {
        value for name, value in vars(envelope).items() if name.isupper() and isinstance(value, str)
    }
    named = {h for s in HEADERS.values() for h in s["properties"]}
    assert named == constants


def test_it_is_deterministic() -> None:
    again = asyncapi.document(files.messages(), "0")
    assert json.dumps(again) == json.dumps(DOCUMENT)
