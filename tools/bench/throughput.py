"""Claims a second: ours with one and two instances, the usual way, and the bare limit."""

import asyncio
import time
from datetime import UTC, datetime

import asyncpg
from aiokafka import AIOKafkaConsumer

from tools.bench.load import MEMBERS, Signed, claim, produce_claims, produce_facts, signed
from tools.bench.stand import Stand


def make_claims(stand: Stand, count: int, reply_to: str, first: int = 0) -> list[Signed]:
    """Signed beforehand: signing is the gateway's work, not the service's."""
    today, signer = datetime.now(UTC).date(), stand.signer()
    return [signed(claim(first + n, today), signer, reply_to) for n in range(count)]


async def ours(stand: Stand, count: int, instances: int, turn: int = 1) -> float:
    """Claims a second through the claims service: command to adjudicated event, facts and all."""
    part = f"ours{instances}turn{turn}"
    await prepare(stand, part)
    processes = [stand.process(part, "claims", str(n)) for n in range(instances)]
    with stand.services(*processes):
        await asyncio.sleep(5)  # until the group has shared its partitions out
        await _send_all(stand, part, count)
        alive = lambda: all(p.alive for p in processes)  # noqa: E731
        result = await stand.rate(f"{part}.claims.events", count, alive)
        await all_paid(stand, part, count)
        return result


async def prepare(stand: Stand, part: str) -> None:
    """Facts known to the service."""
    await stand.prepare(part, ("claims",))
    async with stand.producer() as producer:
        await produce_facts(producer, f"{part}.")
        with stand.services(stand.process(part, "claims")):
            await _facts_known(stand, part)


async def _send_all(stand: Stand, part: str, count: int) -> None:
    """All claims into the topic at once; measuring begins when the last is in."""
    claims = make_claims(stand, count, f"{part}.bench.replies/0")
    async with stand.producer() as producer:
        await produce_claims(producer, f"{part}.claims.commands", claims)


async def the_usual_way(stand: Stand, count: int, workers: int) -> float:
    """The same domain work, one message and one transaction at a time."""
    part = f"usual{workers}"
    await prepare(stand, part)  # of the service only its tables are used
    with stand.helper(part, "tools.bench.usual", str(workers), part=part) as child:
        await asyncio.sleep(5)
        await _send_all(stand, part, count)
        result = await stand.rate(f"{part}.claims.events", count, lambda: child.alive)
    await all_paid(stand, part, count)
    return result


async def bare(stand: Stand, count: int, turn: int = 1) -> float:
    """The same bytes: consumed, one bulk insert for 1,000, offsets committed. Nothing decided."""
    name = f"bare{turn}"
    topic = f"{name}.claims"
    await stand.make_topic(topic)
    claims = make_claims(stand, count, "bench.replies/0")
    async with stand.producer() as producer:
        await produce_claims(producer, topic, claims)
    conn = await asyncpg.connect(f"{stand.addresses.postgres}/postgres")
    await conn.execute(
        f"create table {name} (id uuid primary key, key text, body bytea compression lz4)"
    )
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=stand.addresses.kafka,
        group_id=name,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    done, began = 0, 0.0
    while done < count:
        records = [
            r
            for batch in (await consumer.getmany(timeout_ms=500, max_records=1000)).values()
            for r in batch
        ]
        if not records:
            continue
        began = began or time.perf_counter()
        await conn.execute(
            f"insert into {name} select * from unnest($1::uuid[], $2::text[], $3::bytea[])",
            [r.headers[0][1].decode() for r in records],
            [r.key.decode() for r in records],
            [r.value for r in records],
        )
        await consumer.commit()
        done += len(records)
    seconds = time.perf_counter() - began
    await consumer.stop()
    await conn.close()
    return count / seconds


async def _facts_known(stand: Stand, part: str) -> None:
    async with stand.database(part, "claims") as conn:
        while await conn.fetchval("select count(*) from facts") <= MEMBERS:
            await asyncio.sleep(0.1)


async def all_paid(stand: Stand, part: str, count: int) -> None:
    """A benchmark of claims that were refused would be worth nothing."""
    async with stand.database(part, "claims") as conn:
        await conn.execute("analyze claims")
        paid = await conn.fetchval("select count(*) from claims where status = 'paid'")
        balanced = await conn.fetchval(
            "select (select sum(paid) from claims) = (select sum(amount) from ledger)"
        )
    if paid != count or not balanced:
        raise RuntimeError(f"{part}: {paid} of {count} claims paid, ledger balanced: {balanced}")
