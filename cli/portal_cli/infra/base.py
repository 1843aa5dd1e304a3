"""What every kind of infrastructure returns, and what they share."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[3]
DEFAULT_ACCESS_KEY = "portal"
DEFAULT_SECRET_KEY = "portal-secret"

Say = Callable[[str, str], None]
"""Progress: (part, what it is doing now)."""


class InfraError(RuntimeError):
    """Infrastructure cannot start; the text says what is missing and the command that fixes it."""


@dataclass(frozen=True)
class Ports:
    """0 means: take a free one."""

    kafka: int = 0
    postgres: int = 0
    s3: int = 0

    @classmethod
    def from_env(cls) -> Ports:
        """Those where every program of ours looks for the servers (see RuntimeSettings)."""
        return cls(
            kafka=_port("PORTAL_KAFKA", "//127.0.0.1:29092"),
            postgres=_port("PORTAL_POSTGRES", "postgresql://portal@127.0.0.1:55432"),
            s3=_port("PORTAL_S3_ENDPOINT", "http://127.0.0.1:29000"),
        )


@dataclass(frozen=True)
class Addresses:
    """Where the servers are, whoever started them."""

    kafka: str
    postgres: str
    s3_endpoint: str
    s3_access_key: str = DEFAULT_ACCESS_KEY
    s3_secret_key: str = DEFAULT_SECRET_KEY
    s3_kind: str = "minio"

    def env(self) -> dict[str, str]:
        """As settings of our own programs."""
        return {
            "PORTAL_KAFKA": self.kafka,
            "PORTAL_POSTGRES": self.postgres,
            "PORTAL_S3_ENDPOINT": self.s3_endpoint,
            "PORTAL_S3_ACCESS_KEY": self.s3_access_key,
            "PORTAL_S3_SECRET_KEY": self.s3_secret_key,
        }


class Infra(Protocol):
    """Servers that can be started and stopped, whatever they run in."""

    @property
    def mode(self) -> str: ...

    def start(self, say: Say) -> Addresses:
        """Returns when all of them take work."""

    def dead(self) -> tuple[str, ...]:
        """The names of those that ended by themselves."""

    def stop(self) -> None: ...


def _port(setting: str, default: str) -> int:
    value = os.environ.get(setting, default)
    address = urlsplit(value if "//" in value else f"//{value}")
    if address.hostname not in ("127.0.0.1", "localhost") or not address.port:
        raise InfraError(
            f"{setting}={value} is not a port of this machine: PORTAL_INFRA=external uses servers "
            "that run elsewhere"
        )
    return address.port


def cache_dir() -> Path:
    """Downloads that are shared by all checkouts: jars, binaries."""
    return Path(os.environ.get("PORTAL_CACHE", Path.home() / ".cache" / "portal"))


DATA_DIR = "PORTAL_DATA_DIR"


def data_dir() -> Path:
    """Everything a local stack stores, and what says that it runs: the folder names the stack.

    As the setting says, else `.data` of the checkout that the command belongs to, wherever it is
    called from. A command that was installed without a checkout takes `.data` where it is called.
    """
    checkout = ROOT if (ROOT / "docker-compose.yml").exists() else Path.cwd()
    return Path(os.environ.get(DATA_DIR) or checkout / ".data").expanduser().resolve()


def silent(part: str, state: str) -> None:
    """A `Say` for tests."""


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((host, port), timeout=0.3).close()
    except OSError:
        return False
    return True


USUAL_PORTS = {"postgresql": 5432, "postgres": 5432, "http": 80, "https": 443}


def place(address: str) -> tuple[str, int]:
    """Host and port of a server's address; without a scheme it is one of Kafka's."""
    parts = urlsplit(address.strip() if "//" in address else f"//{address.strip()}")
    return parts.hostname or "localhost", parts.port or USUAL_PORTS.get(parts.scheme, 9092)


_WHICH_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)
"""Kafka's ApiVersions request, version 0, correlation id 1, without a client id."""


def speaks_kafka(port: int, host: str = "127.0.0.1", patience: float = 2) -> bool:
    """Whether who listens there is a Kafka, within so many seconds.

    Of another program a client would wait for an answer for most of a minute.
    """
    try:
        with socket.create_connection((host, port), timeout=patience) as conn:
            conn.sendall(_WHICH_VERSIONS)
            with conn.makefile("rb") as answer:
                return answer.read(8)[4:] == _WHICH_VERSIONS[8:12]
    except OSError:
        return False
