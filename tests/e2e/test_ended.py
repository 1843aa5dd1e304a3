"""A command that is ended, however and whenever, leaves no process and no temporary folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.leftovers import tagged, until_gone, until_running
from tests.support.ports import first_port

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAMS = {
    "up": [str(Path(sys.executable).parent / "portal"), "up"],
    "bench": [sys.executable, "-m", "tools.bench"],
}
IN_A_BACKGROUND_SHELL = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
"""It has Ctrl-C ignored in what it starts."""
ASKED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STARTING = {"up": "bin/initdb", "bench": "bin/postgres -D"}
BENCH = ("bench", "--only", "latency", "--asks", "100000")


@pytest.fixture
def place() -> Iterator[Path]:
    """Open to PostgreSQL's account, which tmp_path is not."""
    with tempfile.TemporaryDirectory(prefix="portal-ended-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def started(place: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The command, from another folder, and the word by which its descendants are known."""
    env, word = tagged(
        {
            **os.environ,
            "PORTAL_INFRA": "native",
            "PORTAL_DATA_DIR": str(place / "data"),
            "PORTAL_FIRST_PORT": str(first_port()),
            "TMPDIR": str(place),
            "PYTHONPATH": str(CHECKOUT),
        }
    )
    with (place / "log").open("wb") as log:
        command = subprocess.Popen(
            [*IN_A_BACKGROUND_SHELL, *PROGRAMS[words[0]], *words[1:]],
            env=env,
            cwd=place,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield command, word
    finally:
        command.kill()
        command.wait()


@pytest.mark.parametrize("number", [*ASKED, signal.SIGKILL], ids=lambda s: s.name)
@pytest.mark.parametrize("words", [("up", "--no-demo-data"), BENCH], ids=lambda w: w[0])
def test_while_its_servers_start(
    place: Path, words: tuple[str, ...], number: signal.Signals
) -> None:
    with started(place, *words) as (command, word):
        until_running(word, STARTING[words[0]])
        command.send_signal(number)
        code = command.wait(60)
        _nothing_left(place, word)
        assert code == {"up": 0, "bench": 130}[words[0]] or number is signal.SIGKILL
    _may_start_again(place, words)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_while_a_part_of_the_benchmark_runs(place: Path, number: signal.Signals) -> None:
    """The process at the other end of the echo is its own and no service."""
    with started(place, *BENCH) as (command, word):
        until_running(word, "tools.bench.latency")
        time.sleep(5)  # it is at work then: one that cannot connect would end by itself
        command.send_signal(number)
        command.wait(60)
        _nothing_left(place, word)


def _nothing_left(place: Path, word: str) -> None:
    assert until_gone(word) == [], (place / "log").read_text()
    assert list(place.glob("portal-bench-*")) == []


def _may_start_again(place: Path, words: tuple[str, ...]) -> None:
    """What an interrupted start left half done is no data folder."""
    if words[0] == "up":
        postgres = place / "data" / "postgres"
        # The last thing that initdb makes is the database `postgres`.
        assert not (postgres / "PG_VERSION").exists() or (postgres / "base" / "5").exists()
