"""Where the generated files lie, and what should be in them: one file a service."""

import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from portal_contracts.all import load_all
from portal_contracts.base import Message
from tools.contracts import asyncapi, examples, problems, schemas
from tools.contracts.printing import text

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "libs" / "contracts"
SCHEMAS = CONTRACTS / "schemas"
RELEASED = CONTRACTS / "released"
ASYNCAPI = CONTRACTS / "asyncapi.json"
PROBLEMS = ROOT / "docs" / "problems.md"
GOLDEN = ROOT / "tests" / "contracts" / "golden"
KINDS: tuple[examples.Which, ...] = ("full", "required")
Examples = dict[str, Any]
"""By name: `full`, `required`, `full-<tag>` for each member where a field is one of several."""


def messages() -> dict[str, type[Message]]:
    """Every message of the contracts; not those that a test or a service registers for itself."""
    ours = load_all()
    return {name: m for name, m in ours.items() if m.__module__.startswith("portal_contracts.")}


def generated() -> dict[Path, str]:
    """What `export` writes: schemas, golden examples, AsyncAPI document, page of problem codes."""
    made = {SCHEMAS / f"{owner}.json": content for owner, content in _schemas().items()}
    made |= {GOLDEN / f"{owner}.json": text(found) for owner, found in _golden().items()}
    return {**made, ASYNCAPI: _asyncapi(), PROBLEMS: problems.page()}


def stale() -> list[str]:
    """Files that are missing, out of date or left over."""
    return _stale(generated())


def _stale(wanted: dict[Path, str]) -> list[str]:
    wrong = [path for path, content in wanted.items() if _text(path) != content]
    there = [*SCHEMAS.rglob("*.json"), *GOLDEN.rglob("*.json")]
    left_over = [path for path in there if path not in wanted]
    return sorted(str(path.relative_to(ROOT)) for path in (*wrong, *left_over))


def export() -> list[str]:
    """Write all generated files and remove left-over ones; those that changed."""
    wanted = generated()
    names = _stale(wanted)
    for name in names:
        path = ROOT / name
        if path in wanted:
            write(path, wanted[path])
        else:
            path.unlink()
    return names


def golden() -> dict[str, Examples]:
    """The committed examples by message type; of a released message those of its release."""
    return _all_in(GOLDEN)


def released() -> dict[str, schemas.Schema]:
    """The schemas as they were when the messages were released, by message type."""
    return _all_in(RELEASED)


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


# The contracts do not change while this runs, and making these takes seconds.


@cache
def _schemas() -> dict[str, str]:
    return {owner: text(made) for owner, made in schemas.documents(messages()).items()}


@cache
def _asyncapi() -> str:
    return text(asyncapi.document(messages(), version("portal-contracts")))


@cache
def _examples() -> dict[str, Examples]:
    return {name: _examples_of(message) for name, message in messages().items()}


def _golden() -> dict[str, dict[str, Examples]]:
    """By service, then type. What is released keeps its examples, also when it is gone."""
    kept, fixed = golden(), released()
    made = dict(_examples())
    made |= {name: kept[name] for name in fixed if name in kept}
    by_service: dict[str, dict[str, Examples]] = {}
    for name in sorted(made):
        by_service.setdefault(name.split(".", 1)[0], {})[name] = made[name]
    return by_service


def _examples_of(message: type[Message]) -> Examples:
    """All fields, and the required ones; all fields of each member where one is of several."""
    tagged = {f"full-{tag}": examples.of(message, "full", tag) for tag in examples.tags(message)}
    return {which: examples.of(message, which) for which in KINDS} | tagged


def _all_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.json")):
        found |= json.loads(path.read_text(encoding="utf-8"))
    return found


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
