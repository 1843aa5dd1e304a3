"""JSON Schemas of the messages: what a gateway in any language validates with."""

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from portal_contracts.base import Message

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE = "#/$defs/{model}"
Schema = dict[str, Any]
Messages = Mapping[str, type[Message]]


class Plain(GenerateJsonSchema):
    """Without the titles that only repeat a field's name, and without OpenAPI's discriminator.

    AsyncAPI's parser refuses the latter. Each member of such a union has its own constant in the
    field `type`, so `oneOf` tells them apart.
    """

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def tagged_union_schema(self, schema: Any) -> Schema:
        made = super().tagged_union_schema(schema)
        made.pop("discriminator", None)
        return made


def schema_of(message: type[Message]) -> Schema:
    """The schema of one message, complete in itself."""
    made = message.model_json_schema(mode="validation", schema_generator=Plain)
    return {"$schema": DIALECT, "$id": f"urn:portal:{message.TYPE}", **_titled(message, made)}


def documents(messages: Messages) -> dict[str, Schema]:
    """One document a service: `$defs` has its messages by type, then what they are made of."""
    owners = sorted({message.service() for message in messages.values()})
    return {
        owner: _document(owner, [m for m in messages.values() if m.service() == owner])
        for owner in owners
    }


def _document(owner: str, messages: list[type[Message]]) -> Schema:
    made = definitions(messages, REFERENCE)
    own = {m.TYPE: _titled(m, made.pop(m.TYPE)) for m in messages}
    return {
        "$schema": DIALECT,
        "$id": f"urn:portal:{owner}",
        "title": f"Messages of the {owner} service",
        "description": "A message is valid when it fits the definition that has its type's name.",
        "$defs": own | made,
    }


def definitions(messages: list[type[Message]], template: str) -> Schema:
    """Schemas of the messages by type, and of what they are made of by class name, sorted.

    `template`: how one refers to another, with `{model}` for its name.
    """
    references, made = models_json_schema(
        [(message, "validation") for message in messages],
        ref_template=template,
        schema_generator=Plain,
    )
    head, tail = template.split("{model}")
    names = {
        references[m, "validation"]["$ref"].removeprefix(head).removesuffix(tail): m.TYPE
        for m in messages
    }
    renamed = {head + old + tail: head + new + tail for old, new in names.items()}
    parts = {names.get(name, name): part for name, part in made["$defs"].items()}
    return {name: _referring(part, renamed) for name, part in sorted(parts.items())}


def _titled(message: type[Message], made: Schema) -> Schema:
    head = {"title": message.TYPE, "x-kind": message.KIND, "x-service": message.service()}
    return {**head, **{name: value for name, value in made.items() if name not in head}}


def _referring(part: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(part, list):
        return [_referring(one, renamed) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        word: renamed.get(value, value) if word == "$ref" else _referring(value, renamed)
        for word, value in part.items()
    }
