"""docs/features.md names every feature, and nothing in it that does not exist."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from portal_contracts.all import load_all

ROOT = Path(__file__).resolve().parents[3]
TABLE = ROOT / "docs" / "features.md"
COUNTS = {
    "CL": 23,
    "EL": 9,
    "CB": 8,
    "AU": 10,
    "DI": 6,
    "AP": 5,
    "PR": 8,
    "DO": 10,
    "GW": 8,
}
EXPECTED = [f"{section}-{n:02}" for section, count in COUNTS.items() for n in range(1, count + 1)]
STATE = re.compile(r"done|later|part: \S.+")


@dataclass(frozen=True)
class Row:
    """One feature of the table."""

    number: str
    state: str
    messages: tuple[str, ...]
    code: tuple[str, ...]
    tests: tuple[str, ...]


def _rows() -> list[Row]:
    rows = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| [A-Z]{2}-", line):
            number, state, *rest = (cell.strip() for cell in line.strip().strip("|").split("|"))
            messages, code, tests = (tuple(re.findall(r"`([^`]+)`", cell)) for cell in rest)
            rows.append(Row(number, state, messages, code, tests))
    return rows


ROWS = _rows()
by_number = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.number)


@cache
def _defined(file: Path) -> frozenset[str]:
    """Functions at the top of a file, and the test cases that are made by an assignment."""
    names: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(name for name in names if name.lower().startswith("test"))


def test_every_feature_is_there_once_and_in_order() -> None:
    assert [row.number for row in ROWS] == EXPECTED


@by_number
def test_a_row_says_as_much_as_its_state_needs(row: Row) -> None:
    assert STATE.fullmatch(row.state), row.state
    cells = (row.messages, row.code, row.tests)
    assert not any(cells) if row.state == "later" else all(cells)


@by_number
def test_messages_are_in_the_registry(row: Row) -> None:
    assert [name for name in row.messages if name not in load_all()] == []


@by_number
def test_code_exists(row: Row) -> None:
    assert [path for path in row.code if not (ROOT / path).is_file()] == []


@by_number
def test_tests_exist(row: Row) -> None:
    for test in row.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file(), f"{path} does not exist"
        assert name in _defined(ROOT / path), f"{path} has no {name}"
