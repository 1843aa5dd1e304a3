"""The released schemas: what others rely on."""

import json
from collections.abc import Iterable

from portal_cli.contracts import compatibility, files, schemas


def released() -> dict[str, schemas.Schema]:
    """The schemas as they were when the messages were released."""
    return {path.stem: json.loads(path.read_text()) for path in files.RELEASED.glob("*.json")}


def broken() -> list[str]:
    """Sentences about released messages that do not keep their word."""
    known = files.messages()
    found: list[str] = []
    for name, before in sorted(released().items()):
        if name in known:
            found += compatibility.breaks(before, schemas.schema_of(known[name]))
        else:
            found.append(compatibility.removed(name))
    return found


def release(names: Iterable[str] | None = None) -> int:
    """Store the schemas of now as the released ones; how many."""
    known = files.messages()
    chosen = list(known if names is None else names)
    for name in chosen:
        path = files.RELEASED / f"{name}.json"
        files.write(path, files.text(schemas.schema_of(known[name])))
    return len(chosen)


def write_golden() -> int:
    """Golden files of messages that have none, or are not released yet; how many changed."""
    fixed, known = released(), files.messages()
    written = 0
    for path, content in files.golden():
        unreleased = path.parent.name not in fixed
        if not path.exists() or (unreleased and path.read_text(encoding="utf-8") != content):
            files.write(path, content)
            written += 1
    for path in files.GOLDEN.glob("*/*.json"):
        if path.parent.name not in known and path.parent.name not in fixed:
            path.unlink()
    return written
