"""JSON as it is committed: what fits on a line is on one, so that a change is a line or two."""

import json
import re
from typing import Any

from portal_contracts.written import SPACES

WIDTH = 100
_UNSEEN = re.compile(f"[{SPACES[1:]}]")


def text(data: Any) -> str:
    """JSON for people: a space that cannot be told from another is written as its number."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", _printed(data, 0, 0)) + "\n"


def _printed(value: Any, indent: int, used: int) -> str:
    """`used`: characters that stand on its first line besides it: spaces, its name, a comma."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or used + len(flat) <= WIDTH:
        return flat
    inner = " " * (indent + 2)
    if isinstance(value, list):
        parts = [inner + _printed(part, indent + 2, indent + 3) for part in value]
        return "[\n" + ",\n".join(parts) + "\n" + " " * indent + "]"
    parts = []
    for name, part in value.items():
        head = f"{inner}{json.dumps(name, ensure_ascii=False)}: "
        parts.append(head + _printed(part, indent + 2, len(head) + 1))
    return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"
