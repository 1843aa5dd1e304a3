"""Says how much the machines looked at, and how to look again."""

from __future__ import annotations

from time import monotonic
from typing import Any

from tests.model.machine import COUNTED

_BEGAN = monotonic()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    minutes = max(1e-9, (monotonic() - _BEGAN) / 60)
    if COUNTED["histories"]:
        counts = ", ".join(f"{n:,} {name}" for name, n in COUNTED.items())
        rate = f"{COUNTED['steps'] / minutes:,.0f} steps a minute"
        terminalreporter.write_line(f"models: {counts}; {rate}")
