"""Says how much the machines looked at, and how to look again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.model.machine import COUNTED

LOOKED = "looked at"
TOTALS: Counter[str] = Counter()
SPENT = {"seconds": 0.0}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """What this test counted goes with its report: the process that sums up may be another one."""
    before = dict(COUNTED)
    yield
    item.user_properties.append((LOOKED, {n: COUNTED[n] - before[n] for n in COUNTED}))


def pytest_runtest_logreport(report: Any) -> None:
    """Only the time of these tests counts; a whole run has many others."""
    if report.nodeid.startswith("tests/model/"):
        SPENT["seconds"] += report.duration
        if report.when == "call":
            for name, counted in report.user_properties:
                TOTALS.update(counted if name == LOOKED else {})


def pytest_terminal_summary(terminalreporter: Any) -> None:
    minutes = max(1e-9, SPENT["seconds"] / 60)
    if TOTALS["histories"]:
        counts = ", ".join(f"{TOTALS[name]:,} {name}" for name in COUNTED)
        rate = f"{TOTALS['steps'] / minutes:,.0f} steps a minute"
        terminalreporter.write_line(f"models: {counts}; {rate}")
