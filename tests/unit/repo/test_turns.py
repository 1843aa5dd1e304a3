"""How workers share the tests: what takes longest first, the chaos run last and alone."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

from tests.support.turns import ALONE, FIRST, FOLDER, order, turn

ROOT = Path(__file__).resolve().parents[3]


def item(nodeid: str, folder: Path | None = None) -> Any:
    told = {"workerinput": {FOLDER: str(folder)}} if folder else {}
    return SimpleNamespace(nodeid=nodeid, config=SimpleNamespace(**told))


def test_what_is_named_exists() -> None:
    assert [path for path in (*FIRST, ALONE) if not (ROOT / path).exists()] == []


def test_what_takes_longest_is_first_and_the_chaos_run_last() -> None:
    names = [
        *("tests/chaos/test_short_run.py::a", "tests/unit/claims/test_x.py::b"),
        *("tests/unit/claims/test_x.py::a", "tests/e2e/test_demo.py::a"),
    ]
    items = [item(name) for name in names]
    order(items)
    assert [one.nodeid for one in items] == [names[3], names[1], names[2], names[0]]


def test_the_chaos_run_waits_until_nobody_else_tests(tmp_path: Path) -> None:
    said: list[str] = []

    def one(name: str) -> None:
        with turn(item(name, tmp_path)):
            said.append(name)

    chaos, unit = Thread(target=one, args=[ALONE]), Thread(target=one, args=["tests/unit"])
    with turn(item("tests/e2e", tmp_path)):
        chaos.start()
        chaos.join(0.2)
        unit.start()
        unit.join(20)
        assert said == ["tests/unit"], "others go on, and it waits"
    chaos.join(20)
    assert said == ["tests/unit", ALONE]


def test_one_process_waits_for_nobody() -> None:
    with turn(item(ALONE)), turn(item("tests/unit")):
        pass
