"""The three servers from docker-compose.yml, in containers."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from portal_cli.infra.base import ROOT, Addresses, InfraError, Ports, Say

SERVERS = ("kafka", "postgres", "minio")


class DockerInfra:
    """Data stays in named volumes; the services still run as our own processes."""

    mode = "docker"

    def __init__(self, data: Path, ports: Ports) -> None:
        self._project = project(data)
        self._ports = ports

    def _compose(self, *words: str) -> subprocess.CompletedProcess[str]:
        ports = {
            "PORTAL_KAFKA_PORT": str(self._ports.kafka),
            "PORTAL_POSTGRES_PORT": str(self._ports.postgres),
            "PORTAL_S3_PORT": str(self._ports.s3),
        }
        return _compose(self._project, *words, env=ports)

    def start(self, say: Say) -> Addresses:
        say("docker", f"starting {', '.join(SERVERS)}")
        done = self._compose("up", "--detach", "--wait", *SERVERS)
        if done.returncode:
            raise InfraError(f"docker compose could not start the servers:\n{done.stderr}")
        say("docker", "ready")
        return Addresses(
            kafka=f"127.0.0.1:{self._ports.kafka}",
            # The password is the one docker-compose.yml gives; the port is open to this host only.
            postgres=f"postgresql://portal:portal@127.0.0.1:{self._ports.postgres}",
            s3_endpoint=f"http://127.0.0.1:{self._ports.s3}",
        )

    def dead(self) -> tuple[str, ...]:
        answer = self._compose("ps", "--services", "--filter", "status=running")
        return tuple(sorted(set(SERVERS) - set(answer.stdout.split())))

    def stop(self) -> None:
        self._compose("stop", *SERVERS)


def project(data: Path) -> str:
    """A data folder has its own: two stacks must not meet in one, or one with that of `make up`."""
    return f"portal-run-{hashlib.sha256(str(data).encode()).hexdigest()[:8]}"


def engine_answers() -> bool:
    return bool(shutil.which("docker")) and not _run("docker", "info").returncode


def usable() -> bool:
    """Whether an engine answers and the images are there, so that a start needs no download."""
    return engine_answers() and images_there()


def images_there() -> bool:
    images = _compose("portal-run", "config", "--images", *SERVERS)
    if images.returncode:
        return False
    return not _run("docker", "image", "inspect", *images.stdout.split()).returncode


def remove_data(data: Path) -> None:
    """The named volumes of this stack; those of others, and of `make up`, are in other projects."""
    if not engine_answers():
        return
    done = _compose(project(data), "down", "--volumes")
    if done.returncode:
        raise InfraError(f"docker compose could not remove the volumes:\n{done.stderr}")


def _compose(
    name: str, *words: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    file = str(ROOT / "docker-compose.yml")
    return _run("docker", "compose", "-p", name, "-f", file, *words, env=env, seconds=300)


def _run(
    *words: str, env: dict[str, str] | None = None, seconds: float = 10
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            words,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            env={**os.environ, **(env or {})},
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 1, "", f"no answer within {seconds:.0f} s")
