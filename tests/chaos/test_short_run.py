"""Two minutes under fire: a part of every CI run. The long ones are `make chaos`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SEED = os.environ.get("PORTAL_CHAOS_SEED", "12")
ONLY = os.environ.get("PORTAL_CHAOS_ONLY", "")
"""Numbers of faults; all of them where it is empty."""
AT_MOST = 900
"""Seconds, with starting, healing and checking; a run that hangs is a run that failed."""


@pytest.mark.slow
def test_two_minutes_under_fire_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    options = ["--seed", SEED, "--minutes", "2", "--json", str(figures)]
    options += ["--only", ONLY] if ONLY else []
    assert _run(options, tmp_path / "run.log") == 0
    found = json.loads(figures.read_text())
    assert found["struck"] >= 20
    assert found["commands"] >= 10_000


def _run(options: list[str], said: Path) -> int:
    """Its exit code. What is printed is shown when it fails, also when it took too long: the seed,
    what was violated, and the folder that such a run leaves behind, with its plan and its logs.
    """
    with said.open("w") as file:
        try:
            return subprocess.run(
                [sys.executable, "-m", "tests.chaos", *options],
                stdout=file,
                stderr=subprocess.STDOUT,
                timeout=AT_MOST,
                check=False,
            ).returncode
        finally:
            print(said.read_text())
