"""Commands come first; bulk messages wait, in sips, and not for ever."""

from collections.abc import Iterable
from typing import Any

from aiokafka import TopicPartition

from portal_runtime.contact import SIP, TURNS, Contact

COMMANDS, BULK = TopicPartition("p.claims.commands", 3), TopicPartition("p.claims.bulk", 3)


class Consumer:
    """What aiokafka's consumer does with what it has buffered; idle waits are noted."""

    def __init__(self, places: Iterable[TopicPartition], **waiting: int) -> None:
        self.places = set(places)
        self.waiting = {COMMANDS: waiting.get("commands", 0), BULK: waiting.get("bulk", 0)}
        self.waited = 0

    def assignment(self) -> set[TopicPartition]:
        return self.places

    async def getmany(
        self, *places: TopicPartition, timeout_ms: int, max_records: int
    ) -> dict[TopicPartition, int]:
        assert set(places) <= self.places, "asked for a partition that is somebody else's"
        self.waited += timeout_ms
        found = {}
        for place in places or self.places:
            if taken := min(self.waiting[place], max_records):
                self.waiting[place] -= taken
                found[place] = taken
        return found


async def _takes(consumer: Consumer, count: int) -> list[dict[Any, int]]:
    Contact().watch(consumer)
    return [await consumer.getmany(timeout_ms=1, max_records=500) for _ in range(count)]


async def test_a_command_is_taken_before_bulk_messages_that_came_first() -> None:
    taken = await _takes(Consumer([COMMANDS, BULK], commands=1, bulk=1000), 2)
    assert taken == [{COMMANDS: 1}, {BULK: SIP}]


async def test_bulk_messages_get_their_turn_however_many_commands_wait() -> None:
    taken = await _takes(Consumer([COMMANDS, BULK], commands=1_000_000, bulk=1000), TURNS + 2)
    assert taken == [*[{COMMANDS: 500}] * TURNS, {BULK: SIP}, {COMMANDS: 500}]


async def test_where_no_bulk_waits_its_turn_costs_the_commands_nothing() -> None:
    taken = await _takes(Consumer([COMMANDS, BULK], commands=1_000_000), 3 * TURNS)
    assert taken == [{COMMANDS: 500}] * 3 * TURNS


async def test_an_idle_consumer_waits_inside_the_fetch() -> None:
    consumer = Consumer([COMMANDS, BULK])
    await _takes(consumer, 1)
    assert consumer.waited == 500


async def test_a_topic_without_bulk_is_taken_in_full() -> None:
    assert await _takes(Consumer([COMMANDS], commands=700), 1) == [{COMMANDS: 500}]


async def test_partitions_that_go_meanwhile_are_not_asked_for() -> None:
    class Losing(Consumer):
        async def getmany(self, *places: TopicPartition, **how: int) -> dict[Any, int]:
            found = await super().getmany(*places, **how)  # type: ignore[arg-type]
            self.places = {COMMANDS}
            return found

    assert await _takes(Losing([COMMANDS, BULK], bulk=10), 1) == [{}]
