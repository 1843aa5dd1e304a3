"""`make run` as a newcomer uses it: start, look, stop, start again with the same data."""

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

import asyncpg
import pytest

from portal_cli import provision
from portal_cli.infra.base import answers
from portal_cli.infra.ports import take_port
from portal_contracts.topics import SERVICES, all_topics

PORTAL = str(Path(sys.executable).parent / "portal")


@pytest.fixture
def data() -> Iterator[Path]:
    # Not tmp_path: another pytest that starts meanwhile closes its parents to other accounts, and
    # PostgreSQL runs as one.
    with tempfile.TemporaryDirectory(prefix="portal-up-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@pytest.fixture
def env(data: Path) -> dict[str, str]:
    """A local stack of its own: other ports, other data."""
    return {
        **os.environ,
        "PORTAL_INFRA": "native",
        "PORTAL_DATA_DIR": str(data),
        "PORTAL_KAFKA": f"127.0.0.1:{take_port(0, 'kafka')}",
        "PORTAL_POSTGRES": f"postgresql://portal@127.0.0.1:{take_port(0, 'postgres')}",
        "PORTAL_S3_ENDPOINT": f"http://127.0.0.1:{take_port(0, 's3')}",
        "PORTAL_HTTP_FIRST_PORT": str(_first_of_six_free()),
    }


def _first_of_six_free() -> int:
    while True:
        first = take_port(0, "http")
        if not any(answers(port) for port in range(first, first + len(SERVICES))):
            return first


def _ports(env: dict[str, str]) -> list[int]:
    servers = ("PORTAL_KAFKA", "PORTAL_POSTGRES", "PORTAL_S3_ENDPOINT")
    first = int(env["PORTAL_HTTP_FIRST_PORT"])
    return [int(env[s].rsplit(":", 1)[1]) for s in servers] + [
        first + n for n in range(len(SERVICES))
    ]


@contextmanager
def _up(env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [PORTAL, "up", "--no-demo-data"],
            env=env,
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
    return subprocess.run([PORTAL, *words], env=env, capture_output=True, text=True, timeout=60)


def _nothing_listens(env: dict[str, str]) -> bool:
    deadline = time.monotonic() + 20
    while any(answers(port) for port in _ports(env)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(answers(port) for port in _ports(env))


async def test_it_starts_stops_and_goes_on_with_the_same_data(
    env: dict[str, str], data: Path, tmp_path: Path
) -> None:
    with _up(env, tmp_path / "first.log") as first:
        assert _portal(env, "doctor", "--ready").returncode == 0
        assert "claims.commands" in _portal(env, "lag").stdout
        there = await provision.partitions(env["PORTAL_KAFKA"])
        assert {t.name: t.partitions for t in all_topics()}.items() <= there.items()
        connection = await asyncpg.connect(f"{env['PORTAL_POSTGRES']}/portal_claims")
        await connection.execute("create table kept as select 42 as answer")
        await connection.close()
        first.send_signal(signal.SIGINT)
        assert first.wait(60) == 0, (tmp_path / "first.log").read_text()
    assert _nothing_listens(env)
    assert _portal(env, "doctor", "--ready").returncode == 1

    with _up(env, tmp_path / "second.log") as second:
        assert "0 topics and 0 databases made" in (tmp_path / "second.log").read_text()
        connection = await asyncpg.connect(f"{env['PORTAL_POSTGRES']}/portal_claims")
        assert await connection.fetchval("select answer from kept") == 42
        await connection.close()
        second.kill()
        second.wait()
    # Nobody was left to stop anything in order: the watchdog did.
    assert _nothing_listens(env)

    assert _portal(env, "clean-data").returncode == 0
    assert not data.exists()
