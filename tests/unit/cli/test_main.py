"""The `portal` command finds its sub-commands without importing them first."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from portal_cli import timers
from portal_cli.main import COMMANDS, app

RUNNER = CliRunner()


def test_help_lists_the_commands_with_their_purpose() -> None:
    shown = RUNNER.invoke(app, ["--help"]).output
    for name in ("up", "init", "doctor", "topics", "lag", "audit", "clean-data"):
        assert name in shown
    assert "The whole system on this machine" in shown


def test_each_command_explains_itself() -> None:
    for name in ("up", "init", "doctor", "topics", "lag", "audit", "clean-data"):
        shown = RUNNER.invoke(app, [name, "--help"])
        assert shown.exit_code == 0, shown.output


def test_timers_show_the_day_of_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Midnight in New York is the next day in UTC."""
    due = {"due_at": datetime(2026, 12, 25, 4, 59, tzinfo=UTC), "key": "CAS-1", "type": "late.v1"}
    rows = {"appeals": [due]}
    monkeypatch.setattr(timers, "with_database", lambda service, _: rows.get(service, []))
    monkeypatch.setenv("PORTAL_PLAN_TIME_ZONE", "America/New_York")
    said = RUNNER.invoke(app, ["timers"]).output
    assert said == "appeals\t2026-12-24 23:59:00 EST\tCAS-1\tlate.v1\n"
    rows.clear()
    assert RUNNER.invoke(app, ["timers"]).output == "No timer is set.\n"


def test_an_unknown_command_is_refused() -> None:
    refused = RUNNER.invoke(app, ["nonsense"])
    assert refused.exit_code == 2
    assert "nonsense" in refused.output


def test_starting_it_imports_no_command() -> None:
    code = "import sys, portal_cli.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    unwanted = {f"portal_cli.{module}" for module, _ in COMMANDS.values()} | {"aiokafka", "asyncpg"}
    assert unwanted.isdisjoint(loaded.split())
