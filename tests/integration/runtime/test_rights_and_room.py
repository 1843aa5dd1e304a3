"""PostgreSQL is there and will not have us (rights), or a server cannot take any more (room)."""

from __future__ import annotations

import asyncio
import os
import pwd
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from portal_cli.infra import account
from portal_runtime.process.running import Running
from portal_runtime.settings import RuntimeSettings
from tests.integration.runtime.conftest import Corner, running
from tests.support import infra
from tests.support.tally import SERVICE, Add, total

SMALL = "2m"
PASSWORD = "first"


@asynccontextmanager
async def administrator(corner: Corner, database: str = "") -> AsyncIterator[asyncpg.Connection]:
    address, name = corner.isolation.dsn("tally").rsplit("/", 1)
    conn = await asyncpg.connect(f"{address}/{database or name}")
    try:
        yield conn
    finally:
        await conn.close()


@pytest.fixture
async def role(corner: Corner) -> AsyncIterator[str]:
    """A role of the service's own, as in production: it owns its database and is no superuser."""
    name = f"{corner.isolation.token}_role"
    database = corner.isolation.dsn("tally").rsplit("/", 1)[1]
    async with administrator(corner) as conn:
        await conn.execute(f"create role \"{name}\" login password '{PASSWORD}'")
        await conn.execute(f'alter database "{database}" owner to "{name}"')
        await conn.execute(f'grant all on schema public to "{name}"')
        await conn.execute(f'revoke connect on database "{database}" from public')
        await conn.execute(f'grant connect on database "{database}" to "{name}"')
    yield name
    async with administrator(corner) as conn:
        await conn.execute(f'reassign owned by "{name}" to current_user')
        await conn.execute(f'drop owned by "{name}"')
        await conn.execute(f'drop role "{name}"')


async def until_well(service: Running) -> None:
    for _ in range(100):
        if not await service.health.problems():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(await service.health.problems())


def _rights(role: str, database: str) -> dict[str, tuple[str, str, str]]:
    """How each right is taken and given back, and what health says meanwhile."""
    return {
        "connect": (
            f'alter database "{database}" owner to current_user;'
            f'revoke connect on database "{database}" from "{role}"',
            f'grant connect on database "{database}" to "{role}";'
            f'alter database "{database}" owner to "{role}"',
            "access denied: the role lacks a right",
        ),
        "login": (
            f'alter role "{role}" nologin',
            f'alter role "{role}" login',
            "access denied: the role may not log in",
        ),
        "tables": (
            f'revoke insert on inbox from "{role}"',
            f'grant insert on inbox to "{role}"',
            "access denied: the role lacks a right",
        ),
        "table gone": (
            "alter table inbox rename to elsewhere",
            "alter table elsewhere rename to inbox",
            "a table is missing",
        ),
    }


@pytest.mark.parametrize("right", ["connect", "login", "tables", "table gone"])
async def test_a_right_that_is_taken_away_and_given_back_loses_nothing(
    corner: Corner, role: str, right: str
) -> None:
    """Fault 33. Our own servers ask for no password (trust): the login itself is what changes."""
    parts = urlsplit(corner.isolation.infra.postgres)
    address = urlunsplit(parts._replace(netloc=f"{role}:{PASSWORD}@{parts.hostname}:{parts.port}"))
    settings = RuntimeSettings(**corner.settings(postgres=address))
    database = corner.isolation.dsn("tally").rsplit("/", 1)[1]
    away, back, says = _rights(role, database)[right]
    async with Running(SERVICE, settings) as service, corner.client() as client:
        assert await client.ask(Add(account="a", amount=1))
        async with administrator(corner) as conn:
            await conn.execute(away)
            await conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", role
            )
            asks = [
                asyncio.create_task(client.ask(Add(account="a", amount=1), timeout=60))
                for _ in range(50)
            ]
            await asyncio.sleep(2)
            problems = await service.health.problems()
            assert says in problems.get("database", ""), problems
            assert not any(a.done() for a in asks)
            assert service.broken() == "", "it waits, it does not give up"
            await conn.execute(back)
        replies = await asyncio.gather(*asks)
        assert [total(r).version for r in replies] == list(range(2, 52))
        await until_well(service)
        assert await corner.rows("select reason from parked") == []


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of two megabytes that PostgreSQL may write to."""
    yield from small_file_system(SMALL)


def small_file_system(size: str) -> Iterator[Path]:
    if infra.mode() != "native":
        pytest.skip("the servers do not run on this machine's file system")
    user = account.unprivileged()
    if user is None:
        pytest.skip("only root can mount a small file system")
    place = Path("/var/tmp") / f"portal-small-{os.getpid()}"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        place.rmdir()
        pytest.skip("this machine does not let us mount a small file system")
    try:
        owner = pwd.getpwnam(user)
        os.chown(place, owner.pw_uid, owner.pw_gid)
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


async def test_a_disk_that_is_full_stops_the_service_until_there_is_room_again(
    corner: Corner, small_disk: Path
) -> None:
    """Fault 9, on the disk of one table: nothing is parked for it, and nothing is lost."""
    space = f"{corner.isolation.token}_small"
    async with running(corner) as service, corner.client() as client:
        assert await client.ask(Add(account="a", amount=1))
        async with administrator(corner) as conn:
            await conn.execute(f"create tablespace \"{space}\" location '{small_disk}'")
            await conn.execute(f'alter table journal set tablespace "{space}"')
        try:
            (small_disk / "ballast").write_bytes(b"x" * 1_800_000)
            asks = [
                asyncio.create_task(client.ask(Add(account=f"a{n % 9}", amount=1), timeout=90))
                for n in range(3000)
            ]
            for _ in range(100):
                problems = await service.health.problems()
                if "disk full" in problems.get("database", ""):
                    break
                await asyncio.sleep(0.1)
            assert "disk full" in problems.get("database", ""), problems
            assert not all(a.done() for a in asks)
            assert service.broken() == ""
            subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
            replies = await asyncio.gather(*asks)
            await until_well(service)
        finally:
            async with administrator(corner) as conn:
                await conn.execute("alter table journal set tablespace pg_default")
                await conn.execute(f'drop tablespace "{space}"')
    assert len(replies) == 3000
    assert (await corner.rows("select sum(total) from tallies"))[0][0] == 3001
    assert await corner.rows("select reason from parked") == []
