"""Makes what the services expect to find: topics, databases, the bucket. Safe to do again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from portal_contracts.topics import SERVICES, TopicSpec, all_topics

RETRIABLE_SECONDS = 30
LEADER_SECONDS = 20


async def topics(
    bootstrap: str,
    *,
    prefix: str = "",
    specs: Sequence[TopicSpec] | None = None,
    patience: int = RETRIABLE_SECONDS,
) -> tuple[str, ...]:
    """Create those that are missing; returns their names. All have leaders then."""
    wanted = {prefix + spec.name: spec for spec in (all_topics() if specs is None else specs)}
    admin = await _admin(bootstrap, patience)
    try:
        await _until_groups_work(admin)
        missing = sorted(set(wanted) - set(await admin.list_topics()))
        if missing:
            await _create(admin, {name: wanted[name] for name in missing})
            await _until_led(admin, missing)
    finally:
        await admin.close()
    if missing:
        await _until_leaders_know(
            bootstrap, [(name, n) for name in missing for n in range(wanted[name].partitions)]
        )
    return tuple(missing)


async def _create(admin: Any, wanted: Mapping[str, TopicSpec]) -> None:
    from aiokafka.admin import NewTopic
    from aiokafka.errors import for_code

    answer = await admin.create_topics(
        [
            NewTopic(name, spec.partitions, 1, topic_configs=spec.config)
            for name, spec in wanted.items()
        ]
    )
    for name, code, *_ in answer.topic_errors:
        # 36: another one was quicker.
        if code not in (0, 36):
            raise for_code(code)(f"topic {name}")


async def _until_groups_work(admin: Any) -> None:
    """The first request makes a new broker create its offsets topic, which takes a second.

    Asked here, so that the consumers that start next need not complain about it.
    """
    from aiokafka.errors import GroupCoordinatorNotAvailableError

    for _ in range(100):
        try:
            await admin.find_coordinator("portal")
            return
        except GroupCoordinatorNotAvailableError:
            await asyncio.sleep(0.1)


async def _until_led(admin: Any, names: Sequence[str]) -> None:
    """A client that asks for a topic before it has a leader waits for its next refresh."""
    for _ in range(200):
        described = await admin.describe_topics(list(names))
        partitions = [p for topic in described for p in topic["partitions"]]
        if partitions and all(p["leader"] >= 0 and not p["error_code"] for p in partitions):
            return
        await asyncio.sleep(0.05)


async def _until_leaders_know(bootstrap: str, places: Iterable[tuple[str, int]]) -> None:
    """The metadata name a leader before the broker has heard that it is one.

    Asked for its offsets until it answers, so that the services that start next need not complain.
    """
    from aiokafka import AIOKafkaConsumer, TopicPartition

    asked = [TopicPartition(*place) for place in places]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    # Before it starts, so that it learns of all topics at once and not of one after another.
    consumer.assign(asked)
    async with consumer:
        with suppress(TimeoutError):
            async with asyncio.timeout(LEADER_SECONDS):
                await consumer.end_offsets(asked)


async def partitions(bootstrap: str, *, patience: int = RETRIABLE_SECONDS) -> dict[str, int]:
    """How many partitions each topic on the broker has."""
    admin = await _admin(bootstrap, patience)
    try:
        described = await admin.describe_topics()
        return {topic["topic"]: len(topic["partitions"]) for topic in described}
    finally:
        await admin.close()


async def delete_topics(bootstrap: str, prefix: str) -> None:
    """Remove every topic with this prefix (a test's own)."""
    if not prefix:
        raise ValueError("without a prefix this would delete everybody's topics")
    admin = await _admin(bootstrap)
    try:
        names = [name for name in await admin.list_topics() if name.startswith(prefix)]
        if names:
            await admin.delete_topics(names)
    finally:
        await admin.close()


async def _admin(bootstrap: str, patience: int = RETRIABLE_SECONDS) -> Any:
    """Connected; a broker that does not answer is asked again for so many seconds."""
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.errors import KafkaError

    for remaining in range(patience, -1, -1):
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=20_000)
        try:
            await admin.start()
            return admin
        except (KafkaError, OSError):
            await admin.close()
            if not remaining:
                raise
            await asyncio.sleep(1)
    raise AssertionError("unreachable")


async def databases(
    server: str, prefix: str = "portal_", services: Iterable[str] = SERVICES
) -> tuple[str, ...]:
    """Create those that are missing; the services fill them by their migrations."""
    import asyncpg

    wanted = [prefix + service for service in services]
    connection = await asyncpg.connect(f"{server.rstrip('/')}/postgres")
    try:
        rows = await connection.fetch("select datname from pg_database")
        missing = [name for name in wanted if name not in {row["datname"] for row in rows}]
        for name in missing:
            await connection.execute(f'create database "{name}" template template0')
    finally:
        await connection.close()
    return tuple(missing)


async def drop_databases(server: str, prefix: str, services: Iterable[str] = SERVICES) -> None:
    """Remove a test's own databases, whoever is still connected."""
    import asyncpg

    connection = await asyncpg.connect(f"{server.rstrip('/')}/postgres")
    try:
        for service in services:
            await connection.execute(f'drop database if exists "{prefix}{service}" with (force)')
    finally:
        await connection.close()


async def bucket(endpoint: str, access_key: str, secret_key: str, name: str) -> bool:
    """Make the bucket; says whether it was missing."""
    return await asyncio.to_thread(_bucket, s3_client(endpoint, access_key, secret_key), name)


def _bucket(client: Any, name: str) -> bool:
    if client.bucket_exists(bucket_name=name):
        return False
    client.make_bucket(bucket_name=name)
    return True


async def drop_bucket(endpoint: str, access_key: str, secret_key: str, name: str) -> None:
    """Remove a test's own bucket with everything in it."""
    await asyncio.to_thread(_drop_bucket, s3_client(endpoint, access_key, secret_key), name)


def _drop_bucket(client: Any, name: str) -> None:
    if not client.bucket_exists(bucket_name=name):
        return
    for stored in client.list_objects(bucket_name=name, recursive=True):
        client.remove_object(bucket_name=name, object_name=stored.object_name)
    client.remove_bucket(bucket_name=name)


def s3_client(endpoint: str, access_key: str, secret_key: str) -> Any:
    """Any S3 store, by its address."""
    from minio import Minio

    address = urlsplit(endpoint)
    return Minio(
        endpoint=address.netloc,
        access_key=access_key,
        secret_key=secret_key,
        secure=address.scheme == "https",
        region="us-east-1",
    )
