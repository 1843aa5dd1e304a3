"""Alert rules: checked by promtool, on metrics that exist, each with its page in the runbook."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

import portal_runtime.observing.metrics  # noqa: F401  # registers them
from portal_cli.infra.base import cache_dir

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/alerts/portal.rules.yml"
PROMTOOL = shutil.which("promtool", path=f"{cache_dir() / 'bin'}:{os.environ['PATH']}")


def alerts() -> set[str]:
    return set(re.findall(r"^\s*- alert: (\w+)$", RULES.read_text(), re.M))


# CI fetches it; there its absence is a failure and no reason to look away.
@pytest.mark.skipif(
    PROMTOOL is None and not os.environ.get("CI"),
    reason="promtool is missing: apt-get install prometheus",
)
@pytest.mark.parametrize("what", [("check", RULES), ("test", RULES.with_suffix(".test.yml"))])
def test_promtool_accepts_and_tests_the_rules(what: tuple[str, Path]) -> None:
    verb, file = what
    assert PROMTOOL, "promtool is missing: .ci/run fetches it from Debian's package prometheus"
    done = subprocess.run([PROMTOOL, verb, "rules", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_metric_in_the_rules_exists() -> None:
    known = {sample for metric in REGISTRY.collect() for sample in _names(metric.name)}
    used = set(re.findall(r"\bportal_\w+", RULES.read_text()))
    assert used and used <= known


def _names(name: str) -> tuple[str, ...]:
    return (name, f"{name}_total", f"{name}_bucket", f"{name}_sum", f"{name}_count")


def test_every_alert_has_its_page_in_the_runbook() -> None:
    pages = set(re.findall(r"^## (\w+)$", (ROOT / "docs/runbook.md").read_text(), re.M))
    assert alerts() == pages
