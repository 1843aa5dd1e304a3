"""What import-linter cannot say: a domain imports an allowed few, and has no clock or chance."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOMAINS = sorted(ROOT.glob("services/*/*/domain"))
SHARED = ROOT / "libs/runtime/portal_runtime/domain"
MODULES = sorted(path for domain in DOMAINS for path in domain.rglob("*.py"))
IMPURE_MODULES = {"asyncio", "random", "secrets", "time", "threading", "socket", "subprocess"}
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


def _allowed(name: str, package: str) -> bool:
    top = name.split(".")[0]
    if top in IMPURE_MODULES:
        return False
    own = name == f"{package}.domain" or name.startswith(f"{package}.domain.")
    ours = top in ("portal_contracts", "pydantic") or name.startswith("portal_runtime.domain.")
    return own or ours or top in sys.stdlib_module_names


def test_there_are_domains_to_check() -> None:
    assert DOMAINS and MODULES


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT / "services")))
def test_a_domain_module_is_pure(path: Path) -> None:
    package = path.relative_to(ROOT / "services").parts[1]
    tree = ast.parse(path.read_text())
    assert sorted(n for n in _imports(tree) if not _allowed(n, package)) == []
    asynchronous = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    assert not [node for node in ast.walk(tree) if isinstance(node, asynchronous)]
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert called & IMPURE_CALLS == set()
