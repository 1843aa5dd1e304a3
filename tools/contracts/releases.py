"""The released schemas: what others rely on."""

from collections.abc import Iterable

from tools.contracts import compatibility, files, schemas
from tools.contracts.printing import text


def broken() -> list[str]:
    """Sentences about released messages that do not keep their word."""
    known = files.messages()
    found: list[str] = []
    for name, before in sorted(files.released().items()):
        if name in known:
            found += compatibility.breaks(before, schemas.schema_of(known[name]))
        else:
            found.append(compatibility.removed(name))
    return found


def release(names: Iterable[str] | None = None) -> int:
    """Store the schemas of now as the released ones; how many."""
    known = files.messages()
    chosen = list(known if names is None else names)
    all_of_them = files.released() | {name: schemas.schema_of(known[name]) for name in chosen}
    by_service: dict[str, dict[str, schemas.Schema]] = {}
    for name in sorted(all_of_them):
        by_service.setdefault(name.split(".", 1)[0], {})[name] = all_of_them[name]
    for owner, made in by_service.items():
        files.write(files.RELEASED / f"{owner}.json", text(made))
    return len(chosen)
