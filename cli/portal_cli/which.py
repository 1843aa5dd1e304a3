"""Which stack a command means: that of a data folder, from whatever folder it is called."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal_cli import running
from portal_cli.infra.base import DATA_DIR, InfraError, data_dir
from portal_cli.infra.ports import FIRST_PORT

ADDRESSES = ("PORTAL_KAFKA", "PORTAL_POSTGRES", "PORTAL_S3_ENDPOINT")
HTTP_FIRST_PORT = "PORTAL_HTTP_FIRST_PORT"
PORTS = 9
"""Ports of a stack, in a row: Kafka, PostgreSQL, S3, and the health pages of six services."""
ALONE = ("contracts",)
"""Commands that need no stack."""


@contextmanager
def settled(command: str, data: Path | None) -> Iterator[None]:
    """The settings of this command, where they are not given, are those of its stack.

    What is given stays. Otherwise a stack that runs with the data folder says where its servers are
    and what its keys may vouch for; else PORTAL_FIRST_PORT says where they would be. The demo keys
    lie in the data folder.
    """
    before = dict(os.environ)
    if data is not None:
        os.environ[DATA_DIR] = str(data.expanduser().resolve())
    if command not in ALONE:
        for name, value in _settings(data_dir()).items():
            os.environ.setdefault(name, value)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _settings(data: Path) -> dict[str, str]:
    keys = data / "keys"
    settings = {
        "PORTAL_PRINCIPAL_KEYS": str(keys),
        "PORTAL_SERVICE_KEY": str(keys / "services.private.pem"),
    }
    if first := os.environ.get(FIRST_PORT):
        settings |= from_port(first)
    # Who gives one address means other servers, and half of a stack's would be none.
    stack = None if any(name in os.environ for name in ADDRESSES) else running.at(data)
    return settings | (stack.settings if stack else {})


def from_port(first: str) -> dict[str, str]:
    """Settings of a stack whose ports begin there."""
    if not first.isdigit() or not 1024 <= int(first) <= 65535 - PORTS:
        raise InfraError(f"{FIRST_PORT}={first} is no port between 1024 and {65535 - PORTS}")
    kafka, postgres, s3, http, *_ = range(int(first), int(first) + PORTS)
    return {
        "PORTAL_KAFKA": f"127.0.0.1:{kafka}",
        "PORTAL_POSTGRES": f"postgresql://portal@127.0.0.1:{postgres}",
        "PORTAL_S3_ENDPOINT": f"http://127.0.0.1:{s3}",
        HTTP_FIRST_PORT: str(http),
    }
