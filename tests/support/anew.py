"""The same message as another client, or the same one after an update, would write it."""

import json
from random import Random
from typing import Any


def written_anew(body: bytes, random: Random) -> bytes:
    """Other order of fields, other spaces, other escapes, whole numbers with a point."""
    separators = random.choice([(",", ":"), (", ", ": "), (" ,\n", "\t:  ")])
    indent = random.choice([None, None, 0, 2])
    made = json.dumps(
        _shuffled(json.loads(body), random),
        ensure_ascii=random.random() < 0.5,
        indent=indent,
        separators=separators,
    )
    return f"{random.choice(['', ' ', chr(10)])}{made}".encode()


def _shuffled(value: Any, random: Random) -> Any:
    if isinstance(value, dict):
        fields = [(name, _shuffled(part, random)) for name, part in value.items()]
        random.shuffle(fields)
        return dict(fields)
    if isinstance(value, list):
        return [_shuffled(part, random) for part in value]
    if isinstance(value, int) and not isinstance(value, bool) and random.random() < 0.5:
        return float(value)
    return value
