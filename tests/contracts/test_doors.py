"""Every door that a refusal shows exists: it is the type of a command or query."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from portal_contracts.base import Asked
from portal_contracts.problems.code import CATALOGUE
from tools.contracts import files

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = files.messages()
ASKED = {name: m for name, m in MESSAGES.items() if issubclass(m, Asked)}
TYPE = re.compile(r"[a-z]+\.[a-z_]+\.v[0-9]+")


def trees() -> Iterator[tuple[str, ast.Module]]:
    """All code that runs in a service, a gateway or at an operator's."""
    for folder in ("libs", "services", "cli"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def doors(tree: ast.Module) -> Iterator[ast.expr]:
    """What is given as a door: `door=…`, and the last argument of `wrong_door`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (k.value for k in node.keywords if k.arg == "door")
            if getattr(node.func, "id", getattr(node.func, "attr", "")) == "wrong_door":
                yield from node.args[1:]


def opens(door: ast.expr, constants: dict[str, str]) -> bool:
    """A type as text or by a constant, `Class.TYPE`, or what a caller was given as a door."""
    if isinstance(door, ast.Constant):
        return door.value is None or door.value in ASKED
    if isinstance(door, ast.Name):
        return constants.get(door.id, "") in ASKED or door.id == "door"
    if isinstance(door, ast.Attribute) and door.attr == "TYPE":
        owner = ast.unparse(door.value).split(".")[-1]
        others = {m.__name__ for m in MESSAGES.values()} - {m.__name__ for m in ASKED.values()}
        return owner not in others
    return ast.unparse(door) == "door or self.door"


def test_every_door_of_the_catalogue_exists() -> None:
    shown = {code: entry.door for code, entry in CATALOGUE.items() if entry.door is not None}
    assert shown and {code: door for code, door in shown.items() if door not in ASKED} == {}


def test_every_door_in_the_sources_exists() -> None:
    seen, shut = 0, []
    for path, tree in trees():
        constants = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        }
        for door in doors(tree):
            seen += 1
            if not opens(door, constants):
                shut.append(f"{path}:{door.lineno}: {ast.unparse(door)}")
    assert shut == [] and seen > 15


def test_every_message_type_that_the_sources_name_exists() -> None:
    """Also where it is no argument: two doors led to commands that nobody had written."""
    named = {
        (path, node.value)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and TYPE.fullmatch(node.value)
    }
    assert len(named) > 100
    assert {(path, name) for path, name in named if name not in MESSAGES} == set()
