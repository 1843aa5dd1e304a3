"""The `portal` command finds its sub-commands without importing them first."""

import subprocess
import sys

from typer.testing import CliRunner

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


def test_an_unknown_command_is_refused() -> None:
    refused = RUNNER.invoke(app, ["nonsense"])
    assert refused.exit_code == 2
    assert "nonsense" in refused.output


def test_starting_it_imports_no_command() -> None:
    code = "import sys, portal_cli.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    unwanted = {f"portal_cli.{module}" for module, _ in COMMANDS.values()} | {"aiokafka", "asyncpg"}
    assert unwanted.isdisjoint(loaded.split())
