"""Whoever stops a run finds nothing of it still running."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_a_run_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    """Also where a script started it in the background, which makes it deaf to Ctrl-C."""
    words = [sys.executable, "-m", "tests.chaos", "--minutes", "9", "--keep", str(tmp_path)]
    deaf = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", *words]
    run = subprocess.Popen(deaf, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert run.stdout
    said = [run.stdout.readline() for _ in range(3)]
    assert "starting Kafka" in said[-1]
    run.send_signal(number)
    rest, _ = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "stopped; this run proves nothing" in rest
    assert not _processes_in(tmp_path)


def _processes_in(folder: Path) -> list[str]:
    """Those whose command line names the folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(folder) in (line := place.read_bytes().decode(errors="replace")):
                found.append(line)
    return found
