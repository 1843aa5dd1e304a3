"""What the contracts say reaches screens and OpenAPI: US English in all of it."""

from collections.abc import Iterator

import pytest

from tests.contracts.words import british
from tools.contracts import files

MESSAGES = files.messages()


def texts(schema: object) -> Iterator[str]:
    """Every name and every text of a JSON Schema."""
    if isinstance(schema, dict):
        for name, value in schema.items():
            yield name
            yield from texts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from texts(value)
    elif isinstance(schema, str):
        yield schema


@pytest.mark.parametrize("name", MESSAGES)
def test_names_descriptions_and_values_of_a_message_are_us_english(name: str) -> None:
    said = {name, *texts(MESSAGES[name].model_json_schema())}
    assert len(said) > 5
    assert {text: words for text in said if (words := british(text))} == {}


def test_british_words_are_found() -> None:
    """The rule itself: what it is to find, and what it is to leave alone."""
    assert british("The EnrolMember was cancelled; sent by post.") == [
        "enrol",
        "cancelled",
        "by post",
    ]
    assert british("enrolment_reasons") == ["enrolment"]
    assert british("Enrolled in the program; the check was canceled, sent by mail.") == []
