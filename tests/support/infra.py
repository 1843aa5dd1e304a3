"""Servers for tests: PORTAL_TEST_INFRA=native|containers|external says where they come from."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal_cli.infra import reaper
from portal_cli.infra.base import Addresses, InfraError, Ports, silent
from portal_cli.infra.native import NativeInfra

Infra = Addresses
"""Addresses of the running servers: kafka, postgres, s3_endpoint, s3_access_key, s3_secret_key."""


def mode() -> str:
    """Where the servers come from; what touches their files or processes needs `native`."""
    return os.environ.get("PORTAL_TEST_INFRA", "native")


@contextmanager
def running() -> Iterator[Infra]:
    """Servers for one test session."""
    if mode() == "external":
        yield _external()
    elif mode() == "containers":
        # Imported here only: without Docker nothing of it is needed.
        from tests.support.containers import containers

        with containers() as addresses:
            yield addresses
    elif mode() == "native":
        with _native() as addresses:
            yield addresses
    else:
        raise InfraError(f"PORTAL_TEST_INFRA={mode()}: it is native, containers or external")


@contextmanager
def _native() -> Iterator[Infra]:
    with tempfile.TemporaryDirectory(prefix="portal-test-", ignore_cleanup_errors=True) as name:
        reaper.discard(Path(name))
        servers = NativeInfra(Path(name), Ports(), durable=False)
        try:
            yield servers.start(silent)
        finally:
            servers.stop()


def _external() -> Infra:
    """Servers that run already, as those of `make run`."""
    return Addresses(
        kafka=os.environ.get("PORTAL_TEST_KAFKA", "127.0.0.1:29092"),
        postgres=os.environ.get("PORTAL_TEST_POSTGRES", "postgresql://portal@127.0.0.1:55432"),
        s3_endpoint=os.environ.get("PORTAL_TEST_S3", "http://127.0.0.1:29000"),
        s3_access_key=os.environ.get("PORTAL_TEST_S3_ACCESS_KEY", Addresses.s3_access_key),
        s3_secret_key=os.environ.get("PORTAL_TEST_S3_SECRET_KEY", Addresses.s3_secret_key),
    )
