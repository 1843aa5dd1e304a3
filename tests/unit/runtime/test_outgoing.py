"""An answer is given up where its topic does not exist, and only there."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from portal_runtime import outgoing
from portal_runtime.outgoing import Outgoing, Publisher

ANSWER = Outgoing("gateway.replies", b"k", b"{}", [], partition=3, droppable=True)


class Kafka:
    """What aiokafka's producer and client say of topics; away for some questions first."""

    def __init__(self, *topics: str, away: int = 0) -> None:
        self.topics, self.away = topics, away
        self.client = self

    async def partitions_for(self, topic: str) -> set[int]:
        """As aiokafka does: a topic it has heard nothing of for forty seconds does not exist."""
        if self.away or topic not in self.topics:
            raise UnknownTopicOrPartitionError
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
    publisher._producer = Kafka("gateway.replies", away=3)  # type: ignore[assignment]
    assert await publisher._place(ANSWER) == ("gateway.replies", 3)


async def test_an_answer_to_a_topic_that_is_missing_holds_nobody_up(publisher: Publisher) -> None:
    publisher._producer = Kafka("claims.events", away=1)  # type: ignore[assignment]
    assert await publisher._place(ANSWER) is None
