"""The test servers themselves: what every other integration test relies on."""

import io

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from portal_cli.provision import s3_client
from portal_contracts.topics import TopicSpec, all_topics
from tests.support.isolation import Isolation


async def test_a_message_comes_back_from_its_own_partition(isolation: Isolation) -> None:
    await isolation.make_topics([TopicSpec("echo", 4)])
    topic = isolation.topic("echo")
    async with AIOKafkaProducer(bootstrap_servers=isolation.infra.kafka, acks="all") as producer:
        sent = await producer.send_and_wait(topic, b"hello", partition=3)
    async with AIOKafkaConsumer(
        topic,
        bootstrap_servers=isolation.infra.kafka,
        group_id=f"echo{isolation.group_suffix}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    ) as consumer:
        record = await consumer.getone()
        await consumer.commit()
    assert (record.value, record.partition, record.offset) == (b"hello", 3, sent.offset)


async def test_all_topics_of_the_contracts_can_be_made_twice(isolation: Isolation) -> None:
    await isolation.make_topics()
    await isolation.make_topics()
    admin = AIOKafkaAdminClient(bootstrap_servers=isolation.infra.kafka)
    await admin.start()
    try:
        wanted = {isolation.topic(spec.name): spec.partitions for spec in all_topics()}
        described = await admin.describe_topics(list(wanted))
        assert {t["topic"]: len(t["partitions"]) for t in described} == wanted
    finally:
        await admin.close()


async def test_a_topic_nobody_made_does_not_appear_by_itself(isolation: Isolation) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=isolation.infra.kafka, request_timeout_ms=1500, metadata_max_age_ms=1000
    ) as producer:
        with pytest.raises(KafkaError):
            await producer.send_and_wait(isolation.topic("nobody-made-me"), b"lost?")


async def test_each_service_gets_an_empty_database_of_its_own(isolation: Isolation) -> None:
    await isolation.make_databases(["claims", "auth"])
    await isolation.make_databases(["claims", "auth"])
    for service in ("claims", "auth"):
        connection = await asyncpg.connect(isolation.dsn(service))
        try:
            tables = "select count(*) from pg_tables where schemaname = 'public'"
            assert await connection.fetchval("select 1") == 1
            assert await connection.fetchval(tables) == 0
        finally:
            await connection.close()


async def test_an_object_is_stored_and_read_back(isolation: Isolation) -> None:
    await isolation.make_bucket()
    infra = isolation.infra
    client = s3_client(infra.s3_endpoint, infra.s3_access_key, infra.s3_secret_key)
    client.put_object(
        bucket_name=isolation.bucket, object_name="a/b.txt", data=io.BytesIO(b"abc"), length=3
    )
    answer = client.get_object(bucket_name=isolation.bucket, object_name="a/b.txt")
    try:
        assert answer.read() == b"abc"
    finally:
        answer.close()
        answer.release_conn()
