"""One service's PostgreSQL in dictionaries: transactions, primary keys, and known statements.

The runtime and the stores run on it unchanged. It answers exactly the statements that their twins
were written for (`runtime_sql.py`, `service_sql.py`); a changed or new statement is unknown here
and fails loudly, so that no twin goes on standing for SQL that is gone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg

from portal_runtime.clock import Clock as RealClock

INSERT = re.compile(r"insert into (\w+) \(([^)]*)\) values")
Twin = Callable[..., Any]


class Killed(BaseException):
    """The process died here. No `except Exception` of the code under test sees it."""


class Clock(RealClock):
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def real(self) -> datetime:
        return self.moment


class Row:
    """What asyncpg returns: by position, by name, or taken apart."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def __getitem__(self, key: int | str) -> Any:
        return self._values[key] if isinstance(key, str) else list(self._values.values())[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values.values())


class Database:
    """Rows by table and key. They are replaced, never changed, so a shallow copy keeps them."""

    def __init__(
        self, keys: dict[str, tuple[str, ...]], twins: dict[str, Twin], clock: Clock
    ) -> None:
        self._keys = keys
        self._twins = twins
        self.clock = clock
        self.tables: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
        self.dies_before_commit = False

    # -- what twins are written with ----------------------------------------------------------

    def rows(self, table: str) -> Sequence[dict[str, Any]]:
        return list(self.tables[table].values())

    def insert(self, table: str, columns: Sequence[str], values: Sequence[Any]) -> None:
        """A new row; the primary key must be free."""
        row = dict(zip(columns, values, strict=True))
        key = self._key(table, row)
        if key in self.tables[table]:
            raise asyncpg.UniqueViolationError(table)
        self.tables[table][key] = row

    def put(self, table: str, row: dict[str, Any]) -> None:
        """`on conflict do update`."""
        self.tables[table][self._key(table, row)] = row

    def _key(self, table: str, row: dict[str, Any]) -> Any:
        names = self._keys[table]
        return row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)

    # -- asyncpg's pool -----------------------------------------------------------------------

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Database]:
        yield self

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        before = {name: dict(rows) for name, rows in self.tables.items()}
        try:
            yield
            if self.dies_before_commit:
                raise Killed
        except BaseException:
            self.tables = defaultdict(dict, before)
            raise

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        return [Row(row) for row in self._twin(sql)(self, *args)]

    async def fetchrow(self, sql: str, *args: Any) -> Row | None:
        return next(iter(await self.fetch(sql, *args)), None)

    async def execute(self, sql: str, *args: Any) -> str:
        insert = INSERT.match(sql)
        if insert:
            self.insert(insert[1], insert[2].split(", "), args)
            return "INSERT 0 1"
        return f"INSERT 0 {self._twin(sql)(self, *args)}"

    async def copy_records_to_table(
        self, table: str, *, records: Sequence[Sequence[Any]], columns: Sequence[str]
    ) -> None:
        for record in records:
            self.insert(table, columns, record)

    def _twin(self, sql: str) -> Twin:
        twin = self._twins.get(sql)
        if twin is None:
            raise AssertionError(
                f"no twin stands for this SQL; write one in tests/model/*_sql.py:\n{sql}"
            )
        return twin
