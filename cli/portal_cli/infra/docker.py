"""The three servers from docker-compose.yml, for those who like their servers in containers."""

from __future__ import annotations

import os
import shutil
import subprocess

from portal_cli.infra.base import ROOT, Addresses, InfraError, Ports, Say

SERVERS = ("kafka", "postgres", "minio")
PROJECT = "portal-run"
"""Of its own: `make up` and `make clean-data` must never meet in one stack and its volumes."""


class DockerInfra:
    """Data stays in named volumes; the services still run as our own processes."""

    mode = "docker"

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def start(self, say: Say) -> Addresses:
        say("docker", f"starting {', '.join(SERVERS)}")
        done = _compose("up", "--detach", "--wait", *SERVERS, env=self._env())
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
        answer = _compose("ps", "--services", "--filter", "status=running", env=self._env())
        return tuple(sorted(set(SERVERS) - set(answer.stdout.split())))

    def stop(self) -> None:
        _compose("stop", *SERVERS, env=self._env())

    def _env(self) -> dict[str, str]:
        return {
            "PORTAL_KAFKA_PORT": str(self._ports.kafka),
            "PORTAL_POSTGRES_PORT": str(self._ports.postgres),
            "PORTAL_S3_PORT": str(self._ports.s3),
        }


def engine_answers() -> bool:
    return bool(shutil.which("docker")) and not _run("docker", "info").returncode


def usable() -> bool:
    """Whether an engine answers and the images are there, so that a start needs no download."""
    return engine_answers() and images_there()


def images_there() -> bool:
    images = _compose("config", "--images", *SERVERS)
    if images.returncode:
        return False
    return not _run("docker", "image", "inspect", *images.stdout.split()).returncode


def remove_data() -> None:
    """The named volumes of `make run`; those of `make up` belong to another project."""
    if not engine_answers():
        return
    done = _compose("down", "--volumes")
    if done.returncode:
        raise InfraError(f"docker compose could not remove the volumes:\n{done.stderr}")


def _compose(*words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    file = str(ROOT / "docker-compose.yml")
    return _run("docker", "compose", "-p", PROJECT, "-f", file, *words, env=env, seconds=300)


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
