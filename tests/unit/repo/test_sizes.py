"""A file is read at one sitting, and a function at one glance."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LINES, IN_A_FUNCTION = 300, 50
FILES = subprocess.run(
    ["git", "ls-files", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True
).stdout.split()


def test_there_are_files() -> None:
    assert len(FILES) > 500


@pytest.mark.parametrize("name", FILES)
def test_files_and_functions_are_small(name: str) -> None:
    path = ROOT / name
    if not path.exists():
        return  # removed and not yet committed
    source = path.read_text()
    assert source.count("\n") <= LINES
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, functions)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= IN_A_FUNCTION
    }
    assert long == {}
