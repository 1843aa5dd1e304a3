"""One consumer's contact with Kafka: how it waits, what first, and whether it is lost for good."""

from time import monotonic
from typing import Any

from aiokafka.errors import KafkaError

from portal_contracts import topics

LONGEST_WAIT_MS = 500
SIP = 25
"""Bulk messages taken at a time: so long at most does a command wait that comes behind them."""
TURNS = 10
"""Takes of commands for which bulk messages wait; then it is their turn whatever else waits."""
LOST_AFTER = 20.0
"""Seconds of nothing but errors that waiting does not heal."""


class Contact:
    """Wraps the fetching of a FastStream subscriber's consumer."""

    def __init__(self) -> None:
        self._refused_since: float | None = None
        self._turns = 0
        self._consumer: Any = None

    def watch(self, consumer: Any) -> None:
        """Make an idle consumer wait inside the fetch, where a message wakes it at once.

        FastStream has one number for the longest wait of a poll and for the sleep after an empty
        one. A small one burns a core when idle, a large one delays every first message. So the
        number is small, and the wait is made long here.
        """
        self._consumer = consumer
        fetch = consumer.getmany

        async def getmany(*, timeout_ms: int, max_records: int | None) -> Any:
            try:
                records = await self._fetch(consumer, fetch, max_records)
            except KafkaError as error:
                if not error.retriable and self._refused_since is None:
                    self._refused_since = monotonic()
                raise
            self._refused_since = None
            return records

        consumer.getmany = getmany

    async def _fetch(self, consumer: Any, fetch: Any, most: int | None) -> Any:
        """Commands before bulk messages; of those a sip, so that what comes next is soon taken."""
        if not _places(consumer, bulk=True):
            return await fetch(timeout_ms=LONGEST_WAIT_MS, max_records=most)
        order = (
            [(False, most), (True, SIP)] if self._turns < TURNS else [(True, SIP), (False, most)]
        )
        for bulk, at_most in order:
            # Looked up each time: partitions may have gone meanwhile.
            places = _places(consumer, bulk=bulk)
            if places and (found := await fetch(*places, timeout_ms=0, max_records=at_most)):
                self._turns = 0 if bulk else self._turns + 1
                return found
        self._turns = 0
        return await fetch(timeout_ms=LONGEST_WAIT_MS, max_records=SIP)

    def lost(self) -> bool:
        """Whether Kafka refuses this consumer: another process has its name, or a right is gone.

        aiokafka does not know the answer "fenced" and would stand still for ever; a new process
        joins again. Kafka being away is not being refused: that heals by itself. And a consumer
        whose fetching has ended by a fault of the library would wait for ever.
        """
        if fetching_ended(self._consumer):
            return True
        since = self._refused_since
        return since is not None and monotonic() - since > LOST_AFTER


def fetching_ended(consumer: Any) -> bool:
    """Whether the task inside aiokafka that fetches is gone although the consumer is open."""
    fetcher = getattr(consumer, "_fetcher", None)
    task = getattr(fetcher, "_fetch_task", None)
    return task is not None and bool(task.done()) and not consumer._closed


def _places(consumer: Any, *, bulk: bool) -> list[Any]:
    return [p for p in consumer.assignment() if topics.is_bulk(p.topic) is bulk]
