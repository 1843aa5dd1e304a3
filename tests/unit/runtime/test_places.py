"""How a database that was put back is told from one that goes on while it is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiokafka import TopicPartition

from portal_runtime.storage.partition_positions import Behind, PartitionPositions

PLACE = TopicPartition("claims.commands", 3)


class Database:
    """One row of `places`. `meanwhile` happens after it was read and before the reader knows."""

    def __init__(self) -> None:
        self.following = 0
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def execute(
        self, _: str, _batches: Any, _topics: Any, _parts: Any, following: Any
    ) -> None:
        self.following = max(self.following, *following)

    async def fetch(self, _: str) -> list[tuple[str, int, int]]:
        rows = [(PLACE.topic, PLACE.partition, self.following)]
        if self.meanwhile is not None:
            await self.meanwhile()
        return rows


async def noted(offset: int) -> tuple[PartitionPositions, Database]:
    places, database = PartitionPositions("claims"), Database()
    await places.note(database, set(), {PLACE: offset})
    return places, database


async def test_a_new_connection_to_a_database_that_was_put_back_ends_the_process() -> None:
    places, database = await noted(20)
    database.following = 10

    with pytest.raises(Behind):
        await places.recognise(database)

    assert places.exchanged


async def test_what_is_noted_while_a_connection_is_opened_is_no_sign_of_that() -> None:
    places, database = await noted(20)
    database.meanwhile = lambda: places.note(database, set(), {PLACE: 30})

    await places.recognise(database)

    assert not places.exchanged
    assert database.following == 30
