"""A feed of COB changes orders 100,000 re-adjudications, while somebody else goes on working."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition

from portal_client import PortalClient
from portal_contracts import topics
from portal_contracts.base import Event
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.eligibility.parts import CobPolicy
from portal_runtime.wire.outgoing import Publisher
from tools.bench.latency import percentile
from tools.bench.load import (
    MEMBERS,
    announced,
    claim,
    members,
    produce_claims,
)
from tools.bench.stand import Stand
from tools.bench.throughput import all_paid, make_claims, prepare

PART = "fanout"
EACH = 40
"""Claims of each member in the fan-out."""
OTHERS = MEMBERS - 2_500
"""Members at the end of the list to whom nothing happens; the caller beside works for them."""
WARM_UP, IDLE = 100, 300
PATIENCE = 600.0


@dataclass
class Asked:
    """What the caller beside has sent, and how long each answer took (seconds)."""

    sent: int = 0
    times: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Fanout:
    count: int
    enqueued_s: float
    done_s: float
    other_p99_ms: float
    idle_p99_ms: float


async def measure(stand: Stand, count: int) -> Fanout:
    """Idle first, then the same caller during the fan-out."""
    changed = members_of(count)
    await prepare(stand, PART)
    with stand.services(*(stand.process(PART, "claims", name) for name in ("0", "1"))):
        await asyncio.sleep(5)  # until the group has shared its partitions out
        await _file(stand, changed)
        async with stand.client(PART) as client:
            idle = Asked()
            for number in range(WARM_UP + IDLE):
                await _ask(client, idle, number)
            enqueued, done, beside = await _fan_out(stand, client, changed)
    other, before = percentile(beside.times, 0.99), percentile(idle.times[WARM_UP:], 0.99)
    return Fanout(changed * EACH, enqueued, done, other, before)


def members_of(count: int) -> int:
    """How many members' claims make so many re-adjudications."""
    if not 0 < count <= (MEMBERS - OTHERS) * EACH or count % EACH:
        most = (MEMBERS - OTHERS) * EACH
        raise ValueError(f"a fan-out has {EACH} claims a member: a multiple of it up to {most}")
    return count // EACH


async def _file(stand: Stand, changed: int) -> None:
    """One claim of each member, adjudicated by the service; the others are copied from it.

    A copy is of another day, so it duplicates nothing and is adjudicated as the first one was.
    """
    claims = make_claims(stand, changed, f"{PART}.bench.replies/0")
    async with stand.producer() as producer:
        await produce_claims(producer, f"{PART}.claims.commands", claims)
    async with stand.database(PART, "claims") as conn:
        while await conn.fetchval("select count(*) from claims") < changed:
            await asyncio.sleep(0.2)
        await all_paid(stand, PART, changed)
        await conn.execute(_COPIES, EACH - 1)
        await conn.execute(_HISTORIES, EACH - 1)
        await conn.execute("analyze claims")


async def _fan_out(stand: Stand, client: PortalClient, changed: int) -> tuple[float, float, Asked]:
    """(seconds until all is enqueued, until all is adjudicated, what the caller beside saw)."""
    beside, count = Asked(), changed * EACH
    found_out = [announced(event, f"{PART}.") for event in changes(changed)]
    orders, events = f"{PART}.{topics.bulk('claims')}", f"{PART}.claims.events"
    async with (
        Publisher(stand.addresses.kafka, "eligibility") as publisher,
        _ends(stand, orders, events) as grown,
        asyncio.TaskGroup() as group,
    ):
        asker = group.create_task(_ask_on(client, beside))
        began = time.perf_counter()
        await publisher.publish(found_out)
        await _until(grown, orders, lambda: count)
        enqueued = time.perf_counter()
        # Each review announces what it has ordered.
        await _until(grown, events, lambda: count + changed + beside.sent)
        done = time.perf_counter()
        asker.cancel()
    await _all_adjudicated(stand, count)
    return enqueued - began, done - began, beside


def changes(changed: int) -> list[Event]:
    """Each member is found to be insured elsewhere first, and the claims must be adjusted."""
    made: list[Event] = []
    for number, member in enumerate(members()):
        if number < changed:
            after = _elsewhere()
            cob = (*member.cob, after)
            made.append(member.model_copy(update={"version": 2, "cob": cob}))
            made.append(_changed(member, after))
    return made


def _changed(member: MemberChanged, after: CobPolicy) -> CobChanged:
    return CobChanged(
        change_id=str(uuid4()),
        member_id=member.member_id,
        version=2,
        after=after,
        adjust_claims=True,
    )


def _elsewhere() -> CobPolicy:
    return CobPolicy(
        policy_id="COB-2",
        carrier="Other Carrier",
        policy_number="P2",
        holder_name="Holder",
        relationship="self",
        start=date(2025, 1, 1),
        insurance_type="commercial",
    )


async def _ask_on(client: PortalClient, asked: Asked) -> None:
    number = WARM_UP + IDLE
    while True:
        await _ask(client, asked, number)
        number += 1


async def _ask(client: PortalClient, asked: Asked, number: int) -> None:
    command = claim(claim_of_others(number), datetime.now(UTC).date())
    began = time.perf_counter()
    asked.sent += 1
    reply = await client.ask(command, timeout=PATIENCE)
    asked.times.append(time.perf_counter() - began)
    if not isinstance(reply, ClaimAccepted):
        raise RuntimeError(f"a claim was answered with {reply.TYPE}")


def claim_of_others(number: int) -> int:
    """Number of a claim of a member outside the fan-out; none is a duplicate of another."""
    return MEMBERS - OTHERS + number % OTHERS + MEMBERS * (number // OTHERS)


@asynccontextmanager
async def _ends(stand: Stand, *names: str) -> AsyncIterator[Callable[[str], Any]]:
    """How many records a topic has got since now."""
    async with AIOKafkaConsumer(bootstrap_servers=stand.addresses.kafka) as consumer:

        async def end(topic: str) -> int:
            places = [TopicPartition(topic, p) for p in range(8)]
            return sum((await consumer.end_offsets(places)).values())

        before = {topic: await end(topic) for topic in names}

        async def grown(topic: str) -> int:
            return await end(topic) - before[topic]

        yield grown


async def _until(grown: Callable[[str], Any], topic: str, wanted: Callable[[], int]) -> None:
    async with asyncio.timeout(PATIENCE):
        while await grown(topic) < wanted():
            await asyncio.sleep(0.05)


async def _all_adjudicated(stand: Stand, count: int) -> None:
    """Each claim of the fan-out once more, and it was denied: the other insurance pays first."""
    async with stand.database(PART, "claims") as conn:
        denied = await conn.fetchval("select count(*) from claims where status = 'denied'")
    if denied != count:
        raise RuntimeError(f"{denied} of {count} claims were adjudicated again")


_COPIES = """
insert into claims
select r.* from claims c, generate_series(1, $1::int) n, json_populate_record(c, json_build_object(
    'claim_number', left(c.claim_number, 6) || 'N' || n || substr(c.claim_number, 7),
    'service_from', c.service_from - n, 'service_to', c.service_to - n,
    'duplicate_key', c.duplicate_key || n,
    'submission', convert_to(replace(convert_from(c.submission, 'utf8'), c.service_from::text,
                                     (c.service_from - n)::text), 'utf8'))) r
"""
_HISTORIES = """
insert into claim_history
select r.* from claim_history h, generate_series(1, $1::int) n,
    json_populate_record(h, json_build_object(
        'claim_number', left(h.claim_number, 6) || 'N' || n || substr(h.claim_number, 7))) r
"""
