"""Says how much the machines looked at, and how to look again."""

from __future__ import annotations

from typing import Any

from tests.model.machine import COUNTED

SPENT = {"seconds": 0.0}


def pytest_runtest_logreport(report: Any) -> None:
    """Only the time of these tests counts; a whole run has many others."""
    if report.nodeid.startswith("tests/model/"):
        SPENT["seconds"] += report.duration


def pytest_terminal_summary(terminalreporter: Any) -> None:
    minutes = max(1e-9, SPENT["seconds"] / 60)
    if COUNTED["histories"]:
        counts = ", ".join(f"{n:,} {name}" for name, n in COUNTED.items())
        rate = f"{COUNTED['steps'] / minutes:,.0f} steps a minute"
        terminalreporter.write_line(f"models: {counts}; {rate}")
