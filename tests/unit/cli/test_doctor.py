"""`portal doctor`: what is missing for the chosen kind of infrastructure, and what mends it."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_cli import doctor
from portal_cli.infra import docker
from portal_cli.infra.ports import take_port


def problems() -> dict[str, tuple[str, str]]:
    return {c.name: (c.found, c.mend) for c in doctor.checks() if c.mend}


def test_an_unknown_kind_of_infrastructure_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INFRA", "cloud")
    assert problems() == {
        "infrastructure": (
            "PORTAL_INFRA=cloud: it is auto, docker, native or external",
            "unset PORTAL_INFRA",
        )
    }


def test_docker_without_an_engine_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORTAL_INFRA", "docker")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert problems()["docker"][0] == "no engine answers"
    assert "images" in problems()


def test_docker_without_the_images_says_how_to_fetch_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INFRA", "docker")
    monkeypatch.setattr(docker, "engine_answers", lambda: True)
    monkeypatch.setattr(docker, "images_there", lambda: False)
    assert problems() == {
        "images": ("not all are there", "docker compose pull kafka postgres minio")
    }
    monkeypatch.setattr(docker, "images_there", lambda: True)
    assert problems() == {}


@pytest.fixture
def broker() -> Iterator[int]:
    """Answers one question as a Kafka does: with the number of the question."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            conn, _ = server.accept()
            with conn:
                asked = conn.recv(14, socket.MSG_WAITALL)
                conn.sendall(struct.pack(">i", 4) + asked[8:12])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]


def test_servers_elsewhere_are_asked_one_by_one(
    monkeypatch: pytest.MonkeyPatch, broker: int
) -> None:
    dead = take_port(0, "nobody")
    with socket.create_server(("127.0.0.1", 0)) as server:
        alive = server.getsockname()[1]
        monkeypatch.setenv("PORTAL_INFRA", "external")
        monkeypatch.setenv("PORTAL_KAFKA", f"127.0.0.1:{dead},127.0.0.1:{broker}")
        monkeypatch.setenv("PORTAL_POSTGRES", f"postgresql://portal:secret@127.0.0.1:{dead}")
        monkeypatch.setenv("PORTAL_S3_ENDPOINT", f"http://127.0.0.1:{alive}")
        assert problems() == {
            "postgres": (
                f"does not answer at 127.0.0.1:{dead}",
                "start it, or set PORTAL_POSTGRES",
            )
        }


def test_another_program_on_kafkas_port_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INFRA", "native")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("PORTAL_KAFKA", f"127.0.0.1:{port}")
        found, mend = problems()["ports"]
    assert found.startswith(f"{port} (Kafka) is taken by ") and f"process {os.getpid()}" in found
    assert "PORTAL_FIRST_PORT=" in mend


def test_a_server_elsewhere_is_no_place_for_one_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INFRA", "native")
    monkeypatch.setenv("PORTAL_KAFKA", "kafka.example:9092")
    found, mend = problems()["ports"]
    assert found == "PORTAL_KAFKA=kafka.example:9092 is not a port of this machine"
    assert "PORTAL_INFRA=external" in mend
