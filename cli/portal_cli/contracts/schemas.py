"""JSON Schemas of the messages, one file each: what a gateway in any language validates with."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from portal_contracts.base import Message

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


class Plain(GenerateJsonSchema):
    """Without the titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of(message: type[Message]) -> Schema:
    """The schema of one message, complete in itself."""
    made = message.model_json_schema(mode="validation", schema_generator=Plain)
    head = {
        "$schema": DIALECT,
        "$id": f"urn:portal:{message.TYPE}",
        "title": message.TYPE,
        "x-kind": message.KIND,
        "x-service": message.service(),
    }
    return {**head, **{name: value for name, value in made.items() if name not in head}}
