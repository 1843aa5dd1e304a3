"""`make run` as a newcomer uses it: start, look, stop, start again with the same data."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from portal_cli import provision
from portal_contracts.topics import SERVICES, all_topics
from tests.support import ports
from tests.support.leftovers import tagged, until_gone

PORTAL = str(Path(sys.executable).parent / "portal")


@pytest.fixture
def data() -> Iterator[Path]:
    # Not tmp_path: another pytest that starts meanwhile closes its parents to other accounts, and
    # PostgreSQL runs as one.
    with tempfile.TemporaryDirectory(prefix="portal-up-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def env(data: Path) -> dict[str, str]:
    """A local stack of its own, named by its data; `_up` gives it its ports."""
    return {**os.environ, "PORTAL_INFRA": "native", "PORTAL_DATA_DIR": str(data)}


@pytest.fixture
def first_port() -> int:
    return ports.first_port()


@contextmanager
def _up(
    env: dict[str, str], first_port: int, log: Path, *words: str
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PORTAL, "up", "--no-demo-data", *words],
            env=env | {"PORTAL_FIRST_PORT": str(first_port)},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 150
        while b"The portal is running" not in log.read_bytes():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def _portal(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """From another folder, and knowing no port: the data folder says it all."""
    return subprocess.run(
        [PORTAL, *words], env=env, cwd="/tmp", capture_output=True, text=True, timeout=60
    )


@contextmanager
def _one_more(env: dict[str, str], service: str) -> Iterator[subprocess.Popen[str]]:
    """`portal instance`, once it is ready; it is to end with its stack."""
    process = subprocess.Popen(
        [PORTAL, "instance", service], env=env, cwd="/tmp", stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        while "works beside the stack" not in (line := process.stdout.readline()):
            assert line, process.wait()
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_it_starts_stops_and_goes_on_with_the_same_data(
    env: dict[str, str], first_port: int, data: Path, tmp_path: Path
) -> None:
    env, word = tagged(env)
    kafka, postgres = f"127.0.0.1:{first_port}", f"127.0.0.1:{first_port + 1}"
    database = f"postgresql://portal@{postgres}/portal_claims"
    log = tmp_path / "first.log"
    with _up(env, first_port, log, "--instances", "claims=2") as first:
        with _one_more(env, "claims") as third:
            ready = _portal(env, "doctor", "--ready")
            assert ready.returncode == 0
            assert {line.split()[1] for line in ready.stdout.splitlines()} == {
                *SERVICES,
                "claims-1",
                "claims-2",
            }
            seen = _portal(env, "doctor").stdout
            assert f"{data} (this one, process {first.pid}" in seen
            assert f"Kafka {first_port}, PostgreSQL {first_port + 1}, S3 {first_port + 2}" in seen
            assert re.search(r"claims\.commands\W+0\W+0\W+3\b", _portal(env, "lag").stdout)
            there = await provision.partitions(kafka)
            assert {t.name: t.partitions for t in all_topics()}.items() <= there.items()
            connection = await asyncpg.connect(database)
            await connection.execute("create table kept as select 42 as answer")
            await connection.close()
            first.send_signal(signal.SIGINT)
            assert first.wait(60) == 0, log.read_text()
            assert third.wait(60) == 0
    assert until_gone(word) == []
    assert _portal(env, "doctor", "--ready").returncode == 1

    with _up(env, first_port, tmp_path / "second.log") as second:
        assert "0 topics and 0 databases made" in (tmp_path / "second.log").read_text()
        connection = await asyncpg.connect(database)
        assert await connection.fetchval("select answer from kept") == 42
        await connection.close()
        second.kill()
        second.wait()
    # Nobody was left to stop anything in order: the watchdog did.
    assert until_gone(word) == []

    assert _portal(env, "clean-data").returncode == 0
    assert not data.exists()
