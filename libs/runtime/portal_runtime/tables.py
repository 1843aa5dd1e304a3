"""What a decision looks at and changes: tables, loaded and saved for a whole batch at once."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel

from portal_runtime.errors import Conflict, Unloaded
from portal_runtime.wire.encoding import to_json

K = TypeVar("K")
V = TypeVar("V")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class IO:
    """Where the tables of one batch load from and save to."""

    conn: Any
    """asyncpg connection inside the batch's transaction; None for `outside` tables."""
    resources: Any = None
    versions: dict[str, dict[str, int]] = field(default_factory=dict)
    """Row versions seen by this batch, by table; they go with the batch when it rolls back."""
    bodies: dict[int, tuple[BaseModel, bytes]] = field(default_factory=dict)
    """JSON of the messages this batch produced, by identity: a state may hold an event it made.
    The message is held too, so that its identity stays taken."""

    def body(self, message: BaseModel) -> bytes:
        """The message as JSON; the bytes that are published, where it is one that is."""
        made = self.bodies.get(id(message))
        return to_json(message) if made is None else made[1]


class Table(Generic[K, V]):
    """Something that can be looked up by key for a batch of messages with one query."""

    outside: ClassVar[bool] = False
    """Loaded outside the transaction: it looks at something slow that is not the database.

    Named by `needs`, before it. Named by `then`, in view of own rows: the transaction ends, this is
    looked at, and deciding begins anew. It only looks; what is to be done is an effect (ADR 14).
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    async def load(self, io: IO, keys: Sequence[K]) -> dict[K, V]:
        """Values of the keys that exist. Keys come sorted and without repetition."""
        raise TypeError(f"{self!r} does not say how it is loaded")

    async def save(self, io: IO, items: Sequence[tuple[K, V]]) -> None:
        """Write what the batch changed. A table whose rows belong to another one writes nothing."""


class States(Table[str, M]):
    """The service's own aggregates: one row each with a version, searched columns and the body.

    SQL: `(<key> text primary key, version int not null, <columns…>, body bytea compression lz4)`.
    """

    def __init__(
        self,
        name: str,
        key: str,
        model: type[M],
        columns: Mapping[str, str | tuple[str, str]] | None = None,
    ) -> None:
        """`columns` of the row, beside key, version and body: by name, the SQL type, and the
        state's attribute ("clock.due_date") where that is not the column's name. `key` is an
        attribute, too.
        """
        super().__init__(name)
        self.key = key
        self.model = model
        given = {n: (c, n) if isinstance(c, str) else c for n, c in (columns or {}).items()}
        self._attributes = [attrgetter(attribute) for _, attribute in given.values()]
        names = [key, "version", *given, "body"]
        types = ["text", "int", *(type_ for type_, _ in given.values()), "bytea"]
        arrays = ", ".join(f"${i}::{t}[]" for i, t in enumerate(types, 1))
        updates = ", ".join(f"{n} = excluded.{n}" for n in names[1:])
        self._select = (
            f"select {key}, version, body from {name} where {key} = any($1) "
            f"order by {key} for update"
        )
        self._upsert = (
            f"insert into {name} ({', '.join(names)}) select * from unnest({arrays}) "
            f"on conflict ({key}) do update set {updates} "
            f"where {name}.version = excluded.version - 1"
        )

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, M]:
        versions = io.versions.setdefault(self.name, {})
        found: dict[str, M] = {}
        for key, version, body in await io.conn.fetch(self._select, list(keys)):
            versions[key] = version
            found[key] = self.read(body)
        return found

    def read(self, body: bytes) -> M:
        """A state from the column `body`."""
        return self.model.model_validate_json(body)

    def columns_of(self, state: M) -> tuple[Any, ...]:
        """Values of the searched columns."""
        return tuple(attribute(state) for attribute in self._attributes)

    def key_of(self, state: M) -> str:
        """Under which key a state is kept."""
        return str(getattr(state, self.key))

    async def save(self, io: IO, items: Sequence[tuple[str, M]]) -> None:
        versions = io.versions.setdefault(self.name, {})
        rows = [
            (
                key,
                versions.get(key, 0) + 1,
                *self.columns_of(value),
                value.model_dump_json().encode(),
            )
            for key, value in items
        ]
        status = await io.conn.execute(self._upsert, *map(list, zip(*rows, strict=True)))
        if _count(status) != len(rows):
            raise Conflict(self.name)


class Facts(Table[str, M]):
    """Snapshots that other services announced. One table for all kinds; older versions are dropped.

    SQL (made by the runtime): `facts (kind, key, version bigint, body, primary key (kind, key))`.
    """

    CACHE = 16_000_000
    """Bytes of snapshots kept parsed (their models take several times that)."""

    def __init__(
        self,
        kind: str,
        model: type[M],
        version: Callable[[M], int] = lambda v: v.version,  # type: ignore[attr-defined]
    ) -> None:
        super().__init__(f"facts:{kind}")
        self._kind = kind
        self._model = model
        self.version = version
        # Parsing the same unchanged snapshot for every claim would be the most expensive part of
        # loading.
        self._parsed: OrderedDict[str, tuple[bytes, M]] = OrderedDict()
        self._size = 0

    @property
    def kind(self) -> str:
        return self._kind

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, M]:
        return (await load_facts(io, {self: keys}))[self]

    async def save(self, io: IO, items: Sequence[tuple[str, M]]) -> None:
        rows = [(k, self.version(v), v.model_dump_json().encode()) for k, v in items]
        keys, versions, bodies = (list(column) for column in zip(*rows, strict=True))
        await io.conn.execute(_FACTS_UPSERT, self._kind, keys, versions, bodies)

    def _parse(self, key: str, body: bytes) -> M:
        known = self._parsed.get(key)
        # The bytes are compared, not the version: a restored database may use a version again.
        if known is not None and known[0] == body:
            return known[1]
        value = self._model.model_validate_json(body)
        self._parsed[key] = (body, value)
        self._size += len(body) - (len(known[0]) if known is not None else 0)
        while self._size > self.CACHE:
            _, (dropped, _) = self._parsed.popitem(last=False)
            self._size -= len(dropped)
        return value


async def load_facts(
    io: IO, wanted: Mapping[Facts[Any], Sequence[str]]
) -> dict[Facts[Any], dict[str, Any]]:
    """Snapshots of several kinds in one question."""
    if not wanted:
        return {}
    tables = {table.kind: table for table in wanted}
    kinds = [table.kind for table, keys in wanted.items() for _ in keys]
    found: dict[Facts[Any], dict[str, Any]] = {table: {} for table in wanted}
    keys = [key for some in wanted.values() for key in some]
    for kind, key, body in await io.conn.fetch(_FACTS_SELECT, kinds, keys):
        table = tables[kind]
        found[table][key] = table._parse(key, body)
    return found


_FACTS_SELECT = """
select f.kind, f.key, f.body from unnest($1::text[], $2::text[]) w(kind, key)
join facts f on f.kind = w.kind and f.key = w.key
"""
_FACTS_UPSERT = """
insert into facts (kind, key, version, body)
select $1, k, v, b from unnest($2::text[], $3::bigint[], $4::bytea[]) t(k, v, b)
on conflict (kind, key) do update set version = excluded.version, body = excluded.body
where facts.version < excluded.version
"""


class View:
    """The working set of a batch: what was loaded, overlaid with what earlier messages saved."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[Table[Any, Any], dict[Any, Any]] = {}

    def get(self, table: Table[K, V], key: K) -> V | None:
        """The value under `key`, or None where there is none.

        Unloaded, when neither `needs` nor `then` named the key: nobody knows whether there is one.
        """
        try:
            return self._values[table][key]  # type: ignore[no-any-return]
        except KeyError:
            raise Unloaded(f"no need names what is looked up in {table.name}") from None

    def knows(self, table: Table[K, V], key: K) -> bool:
        """Whether the key was looked up or put, found or not."""
        return key in self._values.get(table, ())

    def put(self, table: Table[K, V], key: K, value: V) -> None:
        self._values.setdefault(table, {})[key] = value

    def loaded(self, table: Table[K, V], keys: Iterable[K], found: dict[K, V]) -> None:
        """Note what a query found; a key that was asked for and not found is known to be absent."""
        values = self._values.setdefault(table, {})
        for key in keys:
            values.setdefault(key, found.get(key))

    def missing(self, table: Table[K, V], keys: Iterable[K]) -> list[K]:
        """Which of the keys have not been looked up yet, sorted (rows are locked in key order)."""
        values = self._values.get(table, {})
        return sorted({key for key in keys if key not in values})  # type: ignore[type-var]


def _count(status: str) -> int:
    """'INSERT 0 5' -> 5."""
    return int(status.rsplit(" ", 1)[1])
