"""What import-linter cannot say: a domain, and X12, import a few things; no clock or chance."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOMAINS = sorted(ROOT.glob("services/*/*/domain"))
SHARED = sorted((ROOT / "libs/runtime/portal_runtime/domain").rglob("*.py"))
MODULES = sorted(path for domain in DOMAINS for path in domain.rglob("*.py"))
X12 = sorted((ROOT / "libs/x12/portal_x12").rglob("*.py"))
IMPURE_MODULES = {"asyncio", "random", "secrets", "time", "threading", "socket", "subprocess"}
OURS = {"portal_contracts", "portal_runtime.domain", "pydantic"}
IMPURE_CALLS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4", "open", "print", "input"),
}


def _imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports in a domain are written in full"
            found.add(node.module or "")
    return found


def _touches_nothing(name: str) -> bool:
    """A module of the standard library without clock, chance, network or process."""
    top = name.split(".")[0]
    return top in sys.stdlib_module_names and top not in IMPURE_MODULES


def _within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _pure(tree: ast.AST, package: str, ours: set[str]) -> None:
    """Imports of its own package, `ours`, and of the standard library what touches nothing."""
    own = {package, *ours}
    foreign = {
        name
        for name in _imports(tree)
        if not (_touches_nothing(name) or any(_within(name, each) for each in own))
    }
    assert sorted(foreign) == []
    asynchronous = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert not [node for node in ast.walk(tree) if isinstance(node, asynchronous)]
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert called & IMPURE_CALLS == set()


def test_there_are_modules_to_check() -> None:
    assert DOMAINS and MODULES and SHARED and X12


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT / "services")))
def test_a_domain_module_is_pure(path: Path) -> None:
    package = path.relative_to(ROOT / "services").parts[1]
    _pure(ast.parse(path.read_text()), f"{package}.domain", OURS)


@pytest.mark.parametrize("path", SHARED, ids=lambda p: p.name)
def test_what_domains_share_is_pure(path: Path) -> None:
    # Tables are named in a type only: import-linter sees that nothing of them is imported.
    ours = OURS | {"holidays", "portal_runtime.tables"}
    _pure(ast.parse(path.read_text()), "portal_runtime.domain", ours)


@pytest.mark.parametrize("path", X12, ids=lambda p: p.name)
def test_reading_x12_is_pure(path: Path) -> None:
    _pure(ast.parse(path.read_text()), "portal_x12", {"portal_contracts", "pyx12.segment"})
