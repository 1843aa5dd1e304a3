"""Where the generated files lie, and what should be in them."""

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from portal_cli.contracts import asyncapi, examples, problems, schemas
from portal_contracts.all import load_all
from portal_contracts.base import Message
from portal_contracts.written import SPACES

ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = ROOT / "libs" / "contracts"
SCHEMAS = CONTRACTS / "schemas"
RELEASED = CONTRACTS / "released"
ASYNCAPI = CONTRACTS / "asyncapi.json"
PROBLEMS = ROOT / "docs" / "problems.md"
GOLDEN = ROOT / "tests" / "contracts" / "golden"
_UNSEEN = re.compile(f"[{SPACES[1:]}]")
KINDS: tuple[examples.Which, ...] = ("full", "required")


def messages() -> dict[str, type[Message]]:
    """Every message of the contracts; not those that a test or a service registers for itself."""
    ours = load_all()
    return {name: m for name, m in ours.items() if m.__module__.startswith("portal_contracts.")}


def generated() -> dict[Path, str]:
    """What `portal contracts export` writes: schemas, AsyncAPI document, page of problem codes."""
    known = messages()
    files = {SCHEMAS / f"{name}.json": text(schemas.schema_of(m)) for name, m in known.items()}
    files[ASYNCAPI] = text(asyncapi.document(known, version("portal-contracts")))
    files[PROBLEMS] = problems.page()
    return files


def stale() -> list[str]:
    """Files that are missing, out of date or left over."""
    wanted = generated()
    wrong = [path for path, content in wanted.items() if _read(path) != content]
    left_over = [path for path in SCHEMAS.glob("*.json") if path not in wanted]
    return sorted(str(path.relative_to(ROOT)) for path in (*wrong, *left_over))


def export() -> int:
    """Write all generated files and remove left-over ones; how many changed."""
    wanted = generated()
    names = stale()
    for name in names:
        path = ROOT / name
        if path in wanted:
            write(path, wanted[path])
        else:
            path.unlink()
    return len(names)


def golden() -> Iterator[tuple[Path, str]]:
    """All fields, and the required ones; all fields of each member where one is of several."""
    for name, message in messages().items():
        for which in KINDS:
            yield GOLDEN / name / f"{which}.json", text(examples.of(message, which))
        for tag in examples.tags(message):
            yield GOLDEN / name / f"full-{tag}.json", text(examples.of(message, "full", tag))


def text(data: Any) -> str:
    """JSON for people: a space that cannot be told from another is written as its number."""
    made = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", made)


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
