"""Twins of the runtime's own SQL: what every service has, and `States`."""

from __future__ import annotations

import inspect
import re
from datetime import datetime, timedelta
from json import JSONDecoder
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from portal_runtime import tables
from portal_runtime.access import access_log as accesslog
from portal_runtime.deciding import engine, parking
from portal_runtime.deciding import partition_lock as owning
from portal_runtime.deciding.journal import JOURNAL
from portal_runtime.publishing import outbox
from portal_runtime.scheduling import effect_rows, timers
from portal_runtime.storage import partition_positions
from portal_runtime.tables import States
from tests.model.database import Database, Twin

KEYS = {
    "inbox": ("id",),
    "journal": ("batch", "n"),
    "journal_bulk": ("batch", "n"),
    "batches": ("id",),
    "facts": ("kind", "key"),
    "timers": ("key",),
    "effects": ("id",),
    "parked": ("topic", "partition", "offset"),
    "partition_positions": ("topic", "partition"),
    "access_chains": ("chain",),
    "access_log": ("chain", "position"),
}
UPSERT = re.compile(r"insert into (\w+) \(([^)]*)\)")


def in_code(function: Any, beginning: str) -> str:
    """A statement that stands inside a function, as that function passes it on."""
    found = [
        c
        for c in function.__code__.co_consts
        if isinstance(c, str) and c.lstrip().startswith(beginning)
    ]
    assert len(found) == 1, f"{inspect.getsource(function)} has no one statement {beginning!r}"
    return found[0]


def messages(db: Database) -> list[dict[str, Any]]:
    """The view of that name: a row for each message, in the order in which they were written."""
    rows = [*db.rows("journal")]
    for row in db.rows("journal_bulk"):
        parts = zip(from_json(row["about"]), _elements(row["bodies"]), strict=True)
        for n, ((i, key, subject), body) in enumerate(parts, row["n"]):
            rows.append({**row, "n": n, "id": i, "key": key, "subject": subject, "body": body})
    return sorted(rows, key=lambda row: (row["batch"], row["n"]))


def _elements(array: str) -> list[bytes]:
    """`json_array_elements`, for arrays without spaces such as the runtime writes."""
    found, at, decoder = [], 1, JSONDecoder()
    while array[at:] and array[at] != "]":
        _, end = decoder.raw_decode(array, at)
        found.append(array[at:end].encode())
        at = end + (array[end] == ",")
    return found


def _seen(db: Database, ids: list[UUID]) -> Any:
    for i in ids:
        row = db.tables["inbox"].get(i)
        if row is not None:
            yield {n: row[n] for n in ("id", "hash", "batch", "reply_type", "reply")}


def _one_of_each(db: Database, *values: Any) -> int:
    journal, inbox, batch = values[:13], values[13:18], values[18:]
    db.insert("journal", JOURNAL, journal)
    db.insert("inbox", engine._INBOX, inbox)
    return _batch(db, *batch)


def _batch(db: Database, batch: UUID, published: bool) -> int:
    db.insert("batches", ("id", "published"), (batch, published))
    return 1


TIMER = ("key", "due_at", "id", "type", "routing", "subject", "correlation", "body")


def _set_timers(db: Database, *columns: list[Any]) -> int:
    for values in zip(*columns, strict=True):
        db.put("timers", dict(zip(TIMER, values, strict=True)))
    return len(columns[0])


def _delete_timers(db: Database, keys: list[str]) -> int:
    return sum(db.tables["timers"].pop(key, None) is not None for key in keys)


def _claim_timers(db: Database, now: datetime, limit: int) -> Any:
    due = [row for row in db.rows("timers") if row["due_at"] <= now]
    return sorted(due, key=lambda row: row["due_at"])[:limit]


def _claim_effects(db: Database, kind: str, most: int, lease: timedelta) -> Any:
    """Rows lie in the order in which they were ordered."""
    now, keys, found = db.clock.real(), set(), []
    for row in db.rows("effects"):
        first = row["key"] not in keys
        keys.add(row["key"])
        if first and row["kind"] == kind and row.get("not_before", now) <= now:
            found.append(row)
    for row in sorted(found, key=lambda row: row.get("not_before", now))[:most]:
        tries = {n: row.get(n, 0) + 1 for n in ("attempts", "failures")}
        db.put("effects", {**row, **tries, "not_before": now + lease})
        names = ("id", "body", "correlation", "traceparent")
        yield {**{n: row[n] for n in names}, **tries}


def _held(db: Database, i: UUID, attempts: int) -> dict[str, Any] | None:
    """The row, unless another process has taken it over."""
    row = db.tables["effects"].get(i)
    return row if row is not None and row["attempts"] == attempts else None


def _effect_done(db: Database, i: UUID, attempts: int) -> int:
    return 0 if _held(db, i, attempts) is None else len([db.tables["effects"].pop(i)])


def _effects_later(db: Database, ids: list[UUID], attempts: list[int], pause: timedelta) -> int:
    for i, attempt in zip(ids, attempts, strict=True):
        if (row := _held(db, i, attempt)) is not None:
            later = db.clock.real() + pause
            db.put("effects", {**row, "not_before": later, "failures": row["failures"] - 1})
    return len(ids)


def _parked(db: Database, *values: Any) -> Any:
    names = ("topic", "partition", "offset", "key", "header_names", "header_values", "value")
    more = ("message_id", "type", "reason", "whole", "content", "signer", "batch")
    db.insert("parked", (*names, *more), values)
    return [{"attempts": 1, "origin": ""}]  # a parked message fails the model at once


def _owed(db: Database, batch: UUID) -> Any:
    if db.tables["batches"][batch]["published"]:
        return []
    return [row for row in messages(db) if row["batch"] == batch]


def _unpublished(db: Database) -> Any:
    rows = [row for row in db.rows("batches") if not row["published"]]
    return sorted(({"id": row["id"]} for row in rows), key=lambda row: row["id"])


def _settled(db: Database, batches: list[UUID], *places: list[Any]) -> int:
    for batch in batches:
        if batch in db.tables["batches"]:
            db.put("batches", {**db.tables["batches"][batch], "published": True})
    for topic, partition, following in zip(*places, strict=True):
        known = db.tables["partition_positions"].get((topic, partition))
        if known is None or known["next"] < following:
            db.put(
                "partition_positions", {"topic": topic, "partition": partition, "next": following}
            )
    return len(places[0])


def _end_of_chain(db: Database, chain: UUID, first: bytes) -> Any:
    if chain not in db.tables["access_chains"]:
        db.put("access_chains", {"chain": chain, "length": 0, "head": first})
    found = db.tables["access_chains"][chain]
    yield {"length": found["length"], "head": found["head"]}


LOOK = ("at", "subject", "role", "member_id", "purpose", "message_id", "hash")


def _append_looks(
    db: Database, chain: UUID, head: bytes, length: int, new: bytes, before: int, *looks: list[Any]
) -> int:
    known = db.tables["access_chains"].get(chain)
    if known is None or known["head"] != head:
        return 0  # the process remembers what was rolled back, or another database
    db.put("access_chains", {"chain": chain, "length": length, "head": new})
    for n, values in enumerate(zip(*looks, strict=True), before + 1):
        row = {"chain": chain, "position": n} | dict(zip(LOOK, values, strict=True))
        db.put("access_log", row)
    return len(looks[0])


def _facts(db: Database, kinds: list[str], keys: list[str]) -> Any:
    for key in zip(kinds, keys, strict=True):
        row = db.tables["facts"].get(key)
        if row is not None:
            yield {n: row[n] for n in ("kind", "key", "body")}


def _save_facts(db: Database, kind: str, *columns: list[Any]) -> int:
    for key, version, body in zip(*columns, strict=True):
        known = db.tables["facts"].get((kind, key))
        if known is None or known["version"] < version:
            db.put("facts", {"kind": kind, "key": key, "version": version, "body": body})
    return len(columns[0])


def _nothing_owed(_: Database, __: UUID) -> Any:
    return ()


def _hold(_: Database, __: int, ___: Any) -> int:
    """Batches of a model are decided one after the other: there is nobody to wait for."""
    return 0


TWINS: dict[str, Twin] = {
    owning._HOLD: _hold,
    in_code(engine._seen, "select id, hash"): _seen,
    engine._ONE_OF_EACH: _one_of_each,
    in_code(engine._save_timers, "delete from timers"): _delete_timers,
    engine._TIMERS: _set_timers,
    parking.PARK: _parked,
    outbox._UNPUBLISHED: _unpublished,
    outbox._UNPUBLISHED_MESSAGES: _owed,
    outbox._UNPUBLISHED_PARKED: _nothing_owed,  # a parked message fails the model at once
    partition_positions._NOTE: _settled,
    accesslog._WHERE: _end_of_chain,
    accesslog._APPEND: _append_looks,
    tables._FACTS_SELECT: _facts,
    tables._FACTS_UPSERT: _save_facts,
    timers._CLAIM: _claim_timers,
    effect_rows._CLAIM: _claim_effects,
    effect_rows._DONE: _effect_done,
    effect_rows._LATER: _effects_later,
    in_code(timers.Timers._fire_some, "delete from timers"): _delete_timers,
}


def states(table: States[Any]) -> tuple[dict[str, tuple[str, ...]], dict[str, Twin]]:
    """Key and twins of one `States` table: select for update, and upsert with the version check."""
    found = UPSERT.match(table._upsert)
    assert found is not None
    name, columns = found[1], found[2].split(", ")

    def select(db: Database, keys: list[str]) -> Any:
        for key in keys:
            row = db.tables[name].get(key)
            if row is not None:
                yield {n: row[n] for n in (columns[0], "version", "body")}

    def upsert(db: Database, *arrays: list[Any]) -> int:
        written = 0
        for values in zip(*arrays, strict=True):
            row = dict(zip(columns, values, strict=True))
            known = db.tables[name].get(row[columns[0]])
            if known is None or known["version"] == row["version"] - 1:
                db.put(name, row)
                written += 1
        return written

    return {name: (columns[0],)}, {table._select: select, table._upsert: upsert}
