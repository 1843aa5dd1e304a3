"""Commands come first; what can wait is taken in slices, in its order, and not for ever."""

import asyncio
import inspect
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import Fetcher

from portal_runtime.consuming import fetch_priority
from portal_runtime.consuming.fetch_priority import (
    CALM,
    HURRY,
    PATIENCE,
    POLL_SLICES,
    FetchPriority,
)

COMMANDS, REVIEWS, BULK = (
    TopicPartition(f"p.claims.{kind}", 3) for kind in ("commands", "reviews", "bulk")
)
ALL = (COMMANDS, REVIEWS, BULK)


class Consumer:
    """What aiokafka's consumer does with what it has buffered; idle waits are noted."""

    def __init__(self, tps: Iterable[TopicPartition], **waiting: int) -> None:
        self.positions = set(tps)
        self.waiting = {p: waiting.get(p.topic.rpartition(".")[2], 0) for p in ALL}
        self.waited: list[int] = []
        self._fetcher = SimpleNamespace()

    @property
    def pace(self) -> tuple[float, int]:
        return self._fetcher._prefetch_backoff, self._fetcher._fetch_max_wait_ms

    def assignment(self) -> set[TopicPartition]:
        return self.positions

    async def getmany(
        self, *tps: TopicPartition, timeout_ms: int, max_records: int
    ) -> dict[TopicPartition, int]:
        assert set(tps) <= self.positions, "asked for a partition that is somebody else's"
        found = {}
        for tp in tps or self.positions:
            if taken := min(self.waiting[tp], max_records):
                self.waiting[tp] -= taken
                found[tp] = taken
        if not found and timeout_ms:
            self.waited.append(timeout_ms)
        return found


def _event(set_: bool) -> asyncio.Event:
    event = asyncio.Event()
    if set_:
        event.set()
    return event


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock of the contact, which stands still otherwise; nobody is waited for long."""
    monkeypatch.setattr(fetch_priority, "YIELD", 0.01)
    now = [100.0]
    monkeypatch.setattr(fetch_priority, "monotonic", lambda: now[0])

    def move(seconds: float) -> None:
        now[0] += seconds

    return move


async def _ready(consumer: Consumer, decided: asyncio.Event | None = None) -> Any:
    """The consumer's `getmany`, after a first look at empty topics: nothing is overdue."""
    watched = FetchPriority()
    watched.watch(consumer, decided)
    waiting, consumer.waiting = consumer.waiting, dict.fromkeys(ALL, 0)
    await consumer.getmany(timeout_ms=1, max_records=500)
    consumer.waiting = waiting
    consumer.waited.clear()
    return lambda: consumer.getmany(timeout_ms=1, max_records=500)


async def _behind_a_sip(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, asyncio.Event, asyncio.Task[Any]]:
    """How to take, what says that the slice is decided, and a take that waits for it."""
    monkeypatch.setattr(fetch_priority, "YIELD", 60)
    decided = _event(True)
    take = await _ready(consumer, decided)
    await take()
    decided.clear()
    waiting = asyncio.create_task(take())
    await asyncio.sleep(0.01)
    return take, decided, waiting


async def test_what_can_wait_waits_in_its_order(later: Callable[[float], None]) -> None:
    take = await _ready(Consumer(ALL, commands=1, reviews=POLL_SLICES["reviews"] or 0, bulk=1000))
    assert [await take() for _ in range(3)] == [
        {COMMANDS: 1},
        {REVIEWS: POLL_SLICES["reviews"]},
        {BULK: POLL_SLICES["bulk"]},
    ]


async def test_what_can_wait_gets_its_turn_however_many_commands_come(
    later: Callable[[float], None],
) -> None:
    take = await _ready(Consumer(ALL, commands=10**6, reviews=10**6, bulk=10**6))
    assert [await take() for _ in range(5)] == [{COMMANDS: 500}] * 5
    later(PATIENCE + 0.1)
    assert [await take() for _ in range(4)] == [
        {REVIEWS: POLL_SLICES["reviews"]},
        {COMMANDS: 500},
        {BULK: POLL_SLICES["bulk"]},
        {COMMANDS: 500},
    ]


async def test_commands_get_every_other_turn_however_long_a_sip_takes(
    later: Callable[[float], None],
) -> None:
    """A slow database makes each decision last longer than anything may wait."""
    take = await _ready(Consumer(ALL, commands=10**6, reviews=10**6, bulk=10**6))
    taken = []
    for _ in range(12):
        later(PATIENCE + 0.1)
        taken += await take()
    assert [tp.topic for tp in taken[1::2]] == [COMMANDS.topic] * 6
    assert {tp.topic for tp in taken[::2]} == {REVIEWS.topic, BULK.topic}


async def test_what_can_wait_lets_what_was_taken_be_decided_first_for_a_while(
    later: Callable[[float], None],
) -> None:
    decided = _event(True)
    consumer = Consumer(ALL, bulk=1000)
    take = await _ready(consumer, decided)
    assert await take() == {BULK: POLL_SLICES["bulk"]}
    decided.clear()
    assert await take() == {}
    later(PATIENCE + 0.1)
    assert await take() == {BULK: POLL_SLICES["bulk"]}
    assert await take() == {}


async def test_a_command_that_came_meanwhile_is_taken_when_the_sip_is_decided(
    later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not looked for again and again, which would cost and help nobody."""
    consumer = Consumer(ALL, bulk=1000)
    take, decided, next_ = await _behind_a_sip(consumer, monkeypatch)
    consumer.waiting[COMMANDS] = 1
    await asyncio.sleep(0.01)
    assert not next_.done()
    decided.set()
    async with asyncio.timeout(5):
        assert await next_ == {COMMANDS: 1}
        assert await take() == {BULK: POLL_SLICES["bulk"]}


async def test_the_next_sip_follows_at_once_when_no_command_came(
    later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastStream sleeps after an empty look; a feed of thousands would pay for it each time."""
    _, decided, next_ = await _behind_a_sip(Consumer(ALL, reviews=1000), monkeypatch)
    decided.set()
    async with asyncio.timeout(5):
        assert await next_ == {REVIEWS: POLL_SLICES["reviews"]}


async def test_a_consumer_that_stops_waits_for_nothing(
    later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, waiting = await _behind_a_sip(Consumer(ALL, bulk=1000), monkeypatch)
    waiting.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_where_nothing_waits_it_is_no_matter_who_is_busy(
    later: Callable[[float], None],
) -> None:
    """The database may be away for hours: nobody is to look every few milliseconds."""
    consumer = Consumer(ALL)
    take = await _ready(consumer, _event(False))
    assert await take() == {}
    assert consumer.waited == [500]


async def test_what_came_in_an_idle_wait_counts_as_waiting(later: Callable[[float], None]) -> None:
    class Late(Consumer):
        async def getmany(self, *tps: TopicPartition, **how: int) -> dict[Any, int]:
            if not tps:
                self.waiting[BULK] += 100
            return await super().getmany(*tps, **how)

    consumer = Late(ALL)
    FetchPriority().watch(consumer, _event(False))
    taken = await consumer.getmany(timeout_ms=1, max_records=500)
    assert taken == {BULK: POLL_SLICES["reviews"]} and consumer.pace == HURRY
    assert await consumer.getmany(timeout_ms=1, max_records=500) == {}
    assert consumer.waited == []


async def test_where_nothing_can_wait_its_turn_costs_the_commands_nothing(
    later: Callable[[float], None],
) -> None:
    take = await _ready(Consumer(ALL, commands=1_000_000))
    for _ in range(5):
        later(PATIENCE + 0.1)
        assert await take() == {COMMANDS: 500}


async def test_an_idle_consumer_waits_inside_the_fetch(later: Callable[[float], None]) -> None:
    consumer = Consumer(ALL)
    take = await _ready(consumer)
    assert await take() == {}
    assert consumer.waited == [500]


async def test_it_fetches_often_only_while_something_waits(
    later: Callable[[float], None],
) -> None:
    consumer = Consumer(ALL, bulk=1)
    take = await _ready(consumer)
    assert consumer.pace == CALM
    await take()
    assert consumer.pace == HURRY
    await take()
    assert consumer.pace == CALM


async def test_a_topic_without_bulk_is_taken_in_full() -> None:
    take = await _ready(Consumer([COMMANDS], commands=700))
    assert await take() == {COMMANDS: 500}


async def test_partitions_that_go_meanwhile_are_not_asked_for() -> None:
    class Losing(Consumer):
        async def getmany(self, *tps: TopicPartition, **how: int) -> dict[Any, int]:
            found = await super().getmany(*tps, **how)
            self.positions = {COMMANDS}
            return found

    consumer = Losing(ALL, bulk=10)
    FetchPriority().watch(consumer)
    assert await consumer.getmany(timeout_ms=1, max_records=500) == {}


@pytest.mark.parametrize("name", ["_prefetch_backoff", "_fetch_max_wait_ms"])
def test_aiokafka_still_has_what_sets_its_pace(name: str) -> None:
    """They are not public: another version may call them otherwise, and nobody would notice."""
    assert inspect.getsource(Fetcher).count(f"self.{name}") >= 2
