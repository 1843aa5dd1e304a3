"""AsyncAPI's own parser (JavaScript) takes the document as it is committed."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tools.contracts import files, node

pytestmark = pytest.mark.skipif(
    bool(node.missing()) and not os.environ.get("CI"), reason=node.missing()
)


def parsed(path: Path) -> Any:
    return json.loads(node.run("parse.mjs", path))


def test_the_official_parser_finds_nothing_wrong_and_every_message() -> None:
    told = parsed(files.ASYNCAPI)
    assert told["errors"] == []
    # Version 3.0 is what the field's tools read today.
    assert [one["path"] for one in told["warnings"]] == ["asyncapi"]
    messages = files.messages()
    assert set(told["messages"]) == set(messages)
    assert told["operations"] == len([m for m in messages.values() if m.KIND != "reply"])


def test_the_parser_is_really_asked(tmp_path: Path) -> None:
    """130 errors were one: OpenAPI's discriminator is an object, AsyncAPI's a text."""
    document = json.loads(files.ASYNCAPI.read_text(encoding="utf-8"))
    request = document["components"]["schemas"]["providers.submit_maintenance_request.v1"]
    request["properties"]["change"]["discriminator"] = {"propertyName": "type"}
    # All messages take a while, and one is enough to be wrong.
    document |= {"channels": {}, "operations": {}}
    document["components"] = {"schemas": document["components"]["schemas"]}
    broken = tmp_path / "asyncapi.json"
    broken.write_text(json.dumps(document))
    assert any("discriminator" in one["path"] for one in parsed(broken)["errors"])
