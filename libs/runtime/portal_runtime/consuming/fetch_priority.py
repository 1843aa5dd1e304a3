"""What one consumer fetches first, how it waits, and whether Kafka refuses it for good."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any

from aiokafka.errors import KafkaError

from portal_contracts import topics
from portal_runtime.observing.causes import cause
from portal_runtime.wire.aiokafka_patches import fetch_through, fetching_ended, set_pace

LONGEST_WAIT_MS = 500
POLL_SLICES = {"commands": None, "reviews": 20, "bulk": 25}
"""Most messages in one poll slice of what can wait; a command that arrives behind a slice waits for
it. A review orders dozens of others, hence fewer of those."""
PATIENCE = 1.0
"""Seconds for which they wait while commands arrive; then they get a turn anyway."""
YIELD = 0.5
"""Most seconds that a slice waits for everything taken before it to be decided."""
HURRY, CALM = (0.01, 50), (0.1, LONGEST_WAIT_MS)
"""aiokafka's pause between two fetches (seconds) and the longest time of one (milliseconds): fetch
often while bulk messages wait, so that a command beside them is seen soon."""
WAITING = range(1, len(topics.RANKS))
"""Ranks of what can wait."""
LOST_AFTER = 20.0
"""Seconds of nothing but errors that waiting does not fix."""


class FetchPriority:
    """Stands in front of the fetching of a FastStream subscriber's consumer."""

    def __init__(self) -> None:
        self._refused_since: float | None = None
        self._came = dict.fromkeys(WAITING, monotonic())
        self._waits: set[int] = set()
        self._jumped = False
        self._decided = _set()
        self._consumer: Any = None
        self.trouble = ""
        """Why Kafka refused the last fetch; empty while it does not."""

    def watch(self, consumer: Any, decided: asyncio.Event | None = None) -> None:
        """Make an idle consumer wait inside the fetch, where a message wakes it at once.

        FastStream has one number for the longest wait of a poll and for the sleep after an empty
        one. A small one burns a core when idle, a large one delays every first message. So the
        number is small, and the wait is made long here.

        `decided`: set while everything taken before is decided; what can wait waits for that.
        """
        self._consumer, self._decided = consumer, decided or self._decided
        fetch = consumer.getmany

        async def getmany(*, timeout_ms: int, max_records: int | None) -> Any:
            try:
                records = await self._fetch(consumer, fetch, max_records)
            except KafkaError as error:
                self.trouble = cause(error)
                if not error.retriable and self._refused_since is None:
                    self._refused_since = monotonic()
                raise
            self._refused_since, self.trouble = None, ""
            return records

        fetch_through(consumer, getmany)

    async def _fetch(self, consumer: Any, fetch: Any, most: int | None) -> Any:
        """By rank: commands first; a slice of what can wait when nothing else is being decided.

        What has waited too long goes first, once; then commands get their turn again.
        """
        if not any(_partitions_of(consumer, rank) for rank in WAITING):
            return await fetch(timeout_ms=LONGEST_WAIT_MS, max_records=most)
        overdue = () if self._jumped else self._overdue()
        self._jumped = False
        for rank in (*overdue, 0, *(rank for rank in WAITING if rank not in overdue)):
            if rank not in (0, *overdue) and self._waits and not self._decided.is_set():
                # A command read meanwhile would have to wait behind it anyway.
                await _at_most(YIELD, self._decided)
                found = await _take(consumer, fetch, 0, most)
                # Otherwise go on to the slice: FastStream sleeps when it is given nothing.
                if found or not self._decided.is_set():
                    return found
            found = await _take(consumer, fetch, rank, POLL_SLICES[topics.RANKS[rank]] or most)
            if rank in WAITING:
                self._looked(consumer, rank, there=bool(found))
            if found:
                self._jumped = rank in overdue
                return found
        found = await fetch(timeout_ms=LONGEST_WAIT_MS, max_records=POLL_SLICES["reviews"])
        for rank in {topics.rank(tp.topic) for tp in found} & set(WAITING):
            self._looked(consumer, rank, there=True)
        return found

    def _overdue(self) -> list[int]:
        """Ranks that have waited too long, the longest first."""
        now = monotonic()
        late = [rank for rank in WAITING if now - self._came[rank] > PATIENCE]
        return sorted(late, key=self._came.__getitem__)

    def _looked(self, consumer: Any, rank: int, *, there: bool) -> None:
        self._came[rank] = monotonic()
        (self._waits.add if there else self._waits.discard)(rank)
        set_pace(consumer, *(HURRY if self._waits else CALM))

    def lost(self) -> bool:
        """Whether Kafka refuses this consumer: another process has its name, or a right is gone.

        aiokafka does not know the error "fenced" and would stall forever; a new process joins
        again. Kafka being away is not a refusal: that recovers by itself. And a consumer whose
        fetch task was ended by a bug of the library would wait forever.
        """
        if fetching_ended(self._consumer):
            return True
        since = self._refused_since
        return since is not None and monotonic() - since > LOST_AFTER


def _partitions_of(consumer: Any, rank: int) -> list[Any]:
    return [tp for tp in consumer.assignment() if topics.rank(tp.topic) == rank]


async def _take(consumer: Any, fetch: Any, rank: int, most: int | None) -> Any:
    """What is there of one rank. Partitions are looked up each time: some may have gone."""
    tps = _partitions_of(consumer, rank)
    return await fetch(*tps, timeout_ms=0, max_records=most) if tps else {}


async def _at_most(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event
