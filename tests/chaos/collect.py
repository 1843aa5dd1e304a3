"""Reads the history of a run: topics from their beginning, tables, objects."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from hashlib import md5, sha256
from importlib import import_module
from math import inf
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from portal_cli import provision
from portal_cli.services import PACKAGES
from portal_contracts import envelope as e
from portal_contracts import topics
from portal_contracts.topics import SERVICES
from portal_runtime.access.access_log import Look as AccessLook
from portal_runtime.access.audit import Row, heads
from portal_runtime.service import Service
from tests.chaos import extract, intent
from tests.chaos.driver import REPLIES
from tests.chaos.history import (
    EffectRow,
    Entry,
    History,
    Look,
    Move,
    Opened,
    ParkedRow,
    Record,
    State,
    Tables,
    Taken,
    Written,
)
from tests.chaos.stand import BUCKET, Stand

CHUNK = 20_000


async def collect(stand: Stand, log: Path) -> History:
    """All of it, after the drain."""
    history = History()
    said = intent.read(log)
    history.sent = said.sent
    history.moves = [Move(f["moved"], f["clock"]) for f in said.facts if "clock" in f]
    drains = [f["at"] for f in said.facts if f.get("phase") == "drain"]
    history.healed = drains[0] if drains else inf
    history.away = list(spans_away(said.facts))
    history.clean = {f["clean"] for f in said.facts if "clean" in f}
    history.notes = list(stand.notes)
    history.deaths = list(stand.fleet.ends.wrong)
    for service in SERVICES:
        for topic in topics.taken_together(topics.commands(service)):
            await _topic(stand, topic, history.commands, history)
        await _topic(stand, topics.events(service), history.events, history)
        await _topic(stand, topics.dead_letters(service), history.letters, history)
    await _topic(stand, REPLIES, history.answers, history)
    history.listens = set(_listens())
    await _offsets(stand, history)
    for service in SERVICES:
        async with stand.database(service) as conn:
            await _tables(conn, history.tables[service])
            await _own(service, conn, history)
    history.objects = await asyncio.to_thread(_objects, stand)
    return history


def spans_away(facts: Iterable[dict[str, Any]]) -> Iterator[tuple[float, float]]:
    """From when to when a server was away from everybody."""
    began: dict[tuple[int, str], float] = {}
    for fact in facts:
        if "begins" in fact:
            began[fact["fault"], fact["name"]] = fact["at"]
        elif fact.get("away"):
            yield began[fact["fault"], fact["name"]], fact["at"]


async def _topic(stand: Stand, topic: str, into: list[Record], history: History) -> None:
    async with AIOKafkaConsumer(
        bootstrap_servers=stand.direct.kafka, enable_auto_commit=False
    ) as consumer:
        for partition in sorted(consumer.partitions_for_topic(topic) or await _known(stand, topic)):
            tp = TopicPartition(topic, partition)
            consumer.assign([tp])
            await consumer.seek_to_beginning(tp)
            end = history.ends[topic, partition] = (await consumer.end_offsets([tp]))[tp]
            while await consumer.position(tp) < end:
                for found in (await consumer.getmany(timeout_ms=1000)).values():
                    into += map(record_of, found)


async def _known(stand: Stand, topic: str) -> set[int]:
    return set(range((await provision.partitions(stand.direct.kafka))[topic]))


def record_of(raw: Any) -> Record:
    """A record with what its body says, where that is checked."""
    headers = {name: (value or b"").decode(errors="replace") for name, value in raw.headers}
    type_, value = headers.get(e.TYPE, ""), raw.value or b""
    return Record(
        raw.topic,
        raw.partition,
        raw.offset,
        (raw.key or b"").decode(errors="replace")[:80],
        raw.timestamp / 1000,
        headers.get(e.ID, ""),
        type_,
        headers.get(e.SOURCE, ""),
        headers.get(e.SUBJECT, ""),
        headers.get(e.CAUSATION, ""),
        md5(value, usedforsecurity=False).hexdigest(),
        extract.facts(type_, value),
        headers.get("dlq_origin", ""),
    )


def _listens() -> Iterator[tuple[str, str]]:
    """As the services themselves have it: a group that was never made is one that is missed."""
    for service in SERVICES:
        found: Service = import_module(f"{PACKAGES[service]}.main").SERVICE
        for taken in found.topics():
            yield from ((service, topic) for topic in topics.taken_together(taken))


async def _offsets(stand: Stand, history: History) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stand.direct.kafka)
    await admin.start()
    try:
        for group, *_ in await admin.list_consumer_groups():
            service, _, topic = str(group).partition(".")
            found = await admin.list_consumer_group_offsets(str(group))
            for tp, known in found.items():
                if tp.topic in topics.taken_together(topic) and known.offset >= 0:
                    history.committed[service, tp.topic, tp.partition] = known.offset
    finally:
        await admin.close()


async def _tables(conn: asyncpg.Connection, into: Tables) -> None:
    async for row in _rows(conn, "select id, batch, reply_type, md5(reply) from inbox"):
        into.inbox[str(row[0])] = Taken(str(row[1]), row[2], row[3])
    async for row in _rows(conn, _JOURNAL):
        into.journal.append(
            Written(str(row[0]), row[1], str(row[2]), row[3], row[4], row[5], str(row[6]), row[7])
        )
    found = await conn.fetch("select id from batches where not published")
    into.unpublished = [str(row[0]) for row in found]
    found = await conn.fetch(
        'select topic, partition, "offset", message_id, reason, state from parked'
    )
    into.parked = [ParkedRow(r[0], r[1], r[2], r[3] and str(r[3]), r[4], r[5]) for r in found]
    found = await conn.fetch("select kind, key, state, reason from effects")
    into.effects = [EffectRow(*row) for row in found]
    found = await conn.fetch("select key, due_at from timers")
    into.timers = [(row[0], row[1]) for row in found]
    async for seq, chain, position, hash_, *said in _rows(conn, _LOOKS):
        look = AccessLook(*said)
        into.chained.append(Row(seq, chain, position, hash_, look))
        into.looks.append(Look(seq, look.subject, look.role, look.member_id, str(look.message_id)))
    into.heads = await heads(conn)
    async for row in _rows(conn, "select kind, key, version from facts"):
        into.facts[row[0], row[1]] = row[2]


async def _own(service: str, conn: asyncpg.Connection, history: History) -> None:
    states = history.tables[service].states
    async for row in _rows(conn, _STATES[service]):
        states[row[0]] = State(row[1], row[2], row[3])
    if service == "claims":
        money = history.money
        async for row in _rows(conn, "select claim_number, adjudication, kind, amount from ledger"):
            money.ledger.append(Entry(*row))
        async for row in _rows(conn, "select claim_number, paid from claims"):
            money.paid[row[0]] = row[1]
        async for row in _rows(conn, "select * from accumulators"):
            money.accumulators[row[0], row[1]] = (row[2], row[3])
    if service == "documents":
        async for row in _rows(conn, "select message_id, document_id, subject from downloads"):
            history.downloads.append(Opened(str(row[0]), row[1], row[2]))
        released = "select document_id, body from documents where state = 'released'"
        async for row in _rows(conn, released):
            history.sealed[row[0]] = extract.sha256_of(row[1])


async def _rows(conn: asyncpg.Connection, query: str) -> Any:
    async with conn.transaction():
        cursor = await conn.cursor(query)
        while rows := await cursor.fetch(CHUNK):
            for row in rows:
                yield row


def _objects(stand: Stand) -> dict[str, str]:
    where = stand.direct
    client = provision.s3_client(where.s3_endpoint, where.s3_access_key, where.s3_secret_key)
    found = client.list_objects(bucket_name=BUCKET, recursive=True)
    return {stored.object_name: _hash(client, stored.object_name) for stored in found}


def _hash(client: Any, name: str) -> str:
    answer = client.get_object(bucket_name=BUCKET, object_name=name)
    try:
        return sha256(answer.read()).hexdigest()
    finally:
        answer.close()
        answer.release_conn()


_LOOKS = """
select seq, chain, position, hash, at, subject, role, member_id, purpose, message_id
from access_log
"""
_JOURNAL = "select batch, n, id, topic, key, type, cause, md5(body) from journal_messages"
# The column `version` counts savings; the version that is announced is in the body.
_VERSION = "(convert_from(body, 'utf8')::json->>'version')::int"
_POLICIES = """
(select coalesce(string_agg(p.kept->'policy'->>'policy_id', ' ' order by p.n), '')
 from json_array_elements(convert_from(body, 'utf8')::json->'policies')
 with ordinality as p (kept, n))
"""
_STATES = {
    "claims": "select claim_number, version, status, billing_tin from claims",
    "eligibility": f"select member_id, {_VERSION}, {_POLICIES}, '' from members",
    "auth": f"select authorization_number, {_VERSION}, status, tin from authorizations",
    "appeals": f"select case_number, {_VERSION}, status, tin from cases",
    "providers": f"select number, {_VERSION}, status, tin from requests",
    "documents": f"select document_id, {_VERSION}, state, tin from documents",
}
