"""An answer is given up where its topic does not exist, and only there."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import (
    KafkaError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from portal_runtime.wire import outgoing
from portal_runtime.wire.outgoing import Outgoing, Publisher

ANSWER = Outgoing("gateway.replies", b"k", b"{}", [], partition=3, droppable=True)


class Kafka:
    """What aiokafka's producer and client say of topics; away for some questions first."""

    error: Exception = UnknownTopicOrPartitionError()

    def __init__(self, *topics: str, away: int = 0) -> None:
        self.topics, self.away = topics, away
        self.client = self

    async def partitions_for(self, topic: str) -> set[int]:
        """As aiokafka does: a topic it has heard nothing of for forty seconds does not exist."""
        if self.away or topic not in self.topics:
            raise self.error
        return set(range(8))

    async def fetch_all_metadata(self) -> Any:
        if self.away:
            self.away -= 1
            raise KafkaError("Unable to get cluster metadata over all known brokers")
        return SimpleNamespace(topics=lambda: set(self.topics))


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Publisher:
    monkeypatch.setattr(outgoing, "LOOK_AGAIN", 0)
    return Publisher("nowhere")


async def test_an_answer_waits_for_a_kafka_that_is_away(publisher: Publisher) -> None:
    """Found by seed 7: the batch counted as published, and nobody was ever answered."""
    publisher._producer = Kafka("gateway.replies", away=3)
    assert await publisher._partition_of(ANSWER) == ("gateway.replies", 3)


async def test_an_answer_to_a_topic_that_is_missing_holds_nobody_up(publisher: Publisher) -> None:
    publisher._producer = Kafka("claims.events", away=1)
    assert await publisher._partition_of(ANSWER) is None
    assert publisher.trouble == ""


EVENT = Outgoing("claims.events", b"k", b"{}", [])


@pytest.mark.parametrize(
    ("error", "away", "why"),
    [
        (UnknownTopicOrPartitionError(), 0, "the topic is missing"),
        (TopicAuthorizationFailedError("claims.events"), 0, "not authorized for the topic"),
        (KafkaError(), 10_000, "Kafka did not do it (KafkaError)"),
    ],
)
async def test_while_a_topic_is_missing_readiness_says_so(
    publisher: Publisher, error: Exception, away: int, why: str
) -> None:
    kafka = Kafka("gateway.replies", away=away)
    kafka.error = error
    publisher._producer = kafka
    waiting = asyncio.create_task(publisher._partition_of(EVENT))
    for _ in range(5):
        await asyncio.sleep(0)
    assert publisher.trouble == f"claims.events: {why}"
    kafka.topics, kafka.away = ("claims.events",), 0
    assert (await waiting) is not None
    assert publisher.trouble == ""


async def test_a_topic_of_which_nothing_is_heard_is_not_waited_for_in_silence(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "TOPIC_PATIENCE", 0.01)
    kafka = Kafka("gateway.replies")

    async def asks_on_and_on(topic: str) -> set[int]:
        await asyncio.Event().wait()
        return set()

    monkeypatch.setattr(kafka, "partitions_for", asks_on_and_on)
    publisher._producer = kafka
    waiting = asyncio.create_task(publisher._partition_of(EVENT))
    await asyncio.sleep(0.05)
    assert publisher.trouble == "claims.events: the topic is missing"
    waiting.cancel()
