"""PostgreSQL: the pool of a service, its database, and migrations in plain SQL."""

from collections.abc import Callable, Coroutine, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

RUNTIME_MIGRATIONS = Path(__file__).parents[1] / "migrations"
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Errors of a database that is away, full or misconfigured. The last one is what asyncpg raises
when a connection breaks at an odd moment."""
COMMAND_SECONDS = 60.0
"""After which a statement of a decision or query counts as hanging. No migration does."""
LOCK = 7_016_273  # any constant: instances that start together migrate one after another


class MigrationChanged(Exception):
    """A migration that has run was edited afterwards. Add a new file instead."""


Init = Callable[[Any], Coroutine[Any, Any, None]]
BOUNDED = {"idle_in_transaction_session_timeout": "20000", "timezone": "UTC", "jit": "off"}
"""So a frozen process, or one whose connection was cut, releases its row locks."""
BY_KEYS = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}
"""Deciding looks rows up by key and nothing else. Planning each statement again took a third of
PostgreSQL's time; and a plan made while a table was small must not read all of it later."""


async def open_pool(dsn: str, size: int, init: Init | None = None) -> asyncpg.Pool:
    """For deciding: sessions that cannot hang, with plans that are made once.

    `init` looks at each new connection and may refuse it.
    """
    return await _pool(dsn, 2, size, BOUNDED | BY_KEYS, init)


async def open_reading_pool(dsn: str, size: int) -> asyncpg.Pool:
    """For queries, whose filters may be given or not: the best plan depends on which are."""
    return await _pool(dsn, 1, size, BOUNDED, None)


async def _pool(
    dsn: str, least: int, most: int, settings: dict[str, str], init: Init | None
) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        dsn,
        min_size=least,
        max_size=most,
        command_timeout=COMMAND_SECONDS,
        reset=_nothing,
        init=init,
        server_settings=settings,
    )


async def _nothing(_: Any) -> None:
    """No session state is ever set, so there is none to reset: a round trip saved each time."""


async def ensure_database(dsn: str) -> None:
    """Create the database of the DSN when it is not there."""
    parts = urlsplit(dsn)
    name = parts.path.lstrip("/")
    conn = await asyncpg.connect(urlunsplit(parts._replace(path="/postgres")))
    try:
        if not await conn.fetchval("select 1 from pg_database where datname = $1", name):
            await conn.execute(f'create database "{name}"')
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # another instance was quicker
    finally:
        await conn.close()


async def migrate(dsn: str, own: Path) -> list[str]:
    """Run the migrations that have not run yet, the runtime's first. Names of those that ran.

    On a connection of its own: rewriting a large table, or waiting for an instance that does, takes
    longer than any statement of the pools may.
    """
    conn = await asyncpg.connect(dsn, command_timeout=None, server_settings=BOUNDED)
    try:
        return await _migrate(conn, own)
    finally:
        await conn.close()


async def _migrate(conn: asyncpg.Connection, own: Path) -> list[str]:
    done: list[str] = []
    async with conn.transaction():
        await conn.execute("select pg_advisory_xact_lock($1)", LOCK)
        await conn.execute(
            "create table if not exists migrations "
            "(name text primary key, checksum text not null, at timestamptz default now())"
        )
        known = {r[0]: r[1] for r in await conn.fetch("select name, checksum from migrations")}
        lz4 = await conn.fetchval(_HAS_LZ4)
        for prefix, folder in (("runtime", RUNTIME_MIGRATIONS), ("service", own)):
            for file in sorted(folder.glob("*.sql")):
                name, sql = f"{prefix}/{file.name}", file.read_text()
                checksum = sha256(sql.encode()).hexdigest()
                if name not in known:
                    # Some builds of PostgreSQL come without lz4; their own compression does.
                    await conn.execute(sql if lz4 else sql.replace(" compression lz4", ""))
                    await conn.execute(
                        "insert into migrations (name, checksum) values ($1, $2)", name, checksum
                    )
                    done.append(name)
                elif known[name] != checksum:
                    raise MigrationChanged(f"{name} has run already and was edited since")
    return done


async def insert_rows(
    conn: Any, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert new rows: many by COPY, the cheapest a row; a single one by INSERT, the quickest.

    `insert … unnest` costs more: asyncpg inspects every element of its arrays twice.
    """
    if len(rows) > 1:
        await conn.copy_records_to_table(table, records=rows, columns=columns)
    elif rows:
        places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        await conn.execute(
            f"insert into {table} ({', '.join(columns)}) values ({places})", *rows[0]
        )


_HAS_LZ4 = """
select 'lz4' = any(enumvals) from pg_settings where name = 'default_toast_compression'
"""
