"""Everything that reaches into aiokafka's own workings, for one version of it (`VERSION`).

- Header names that are not text. aiokafka decodes them inside its C code: one byte that is not
UTF-8 makes every fetch of that partition fail forever, and what the same call read of other
partitions is lost without a trace. Here such a batch is read again by aiokafka's own Python reader,
which is told to escape what it cannot decode; the C code reads until it stumbles. - A connection
that was closed a moment ago. aiokafka expects an OSError from a broken connection; uvloop raises
RuntimeError. That ended the fetch task, and with it the consumer, forever and silently. Here it
becomes the error that aiokafka expects. - How often and how long an idle consumer fetches
(`set_pace`), what it fetches first (`fetch_through`), and whether its fetching has ended
(`fetching_ended`): aiokafka has no setting and no question for these.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from importlib.metadata import version
from itertools import islice
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.consumer import fetcher
from aiokafka.errors import KafkaConnectionError
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy

VERSION = "0.14"
"""The release these were written for and tested with; another one may work differently inside."""


class _Lenient(bytes):
    """Bytes whose parts decode without an error; `bad\\xff` stays visible as that."""

    def __getitem__(self, where: Any) -> Any:
        part = super().__getitem__(where)
        return _Lenient(part) if isinstance(where, slice) else part

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return super().decode(encoding, "backslashreplace")


class _Batch:
    """A wire batch as aiokafka gives it, but reading its records cannot fail over a header name."""

    def __init__(self, batch: Any, raw: bytes, position: int) -> None:
        self._batch = batch
        self._raw = raw
        self._position = position

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        done = 0
        try:
            for record in self._batch:
                done += 1
                yield record
        except UnicodeDecodeError:
            yield from islice(self._leniently(), done, None)

    def _leniently(self) -> Iterator[Any]:
        records = _MemoryRecordsPy(self._raw)
        for _ in range(self._position):
            records.next_batch()
        batch = _DefaultRecordBatchPy(bytes(records._next_slice))
        reader: Iterator[Any] = iter(batch)  # uncompresses
        batch._buffer = _Lenient(batch._buffer)
        return reader


class LenientRecords:
    """Takes the place of aiokafka's `MemoryRecords` in its fetcher."""

    def __init__(self, raw: bytes) -> None:
        self._records = MemoryRecords(raw)
        self._raw = raw
        self._position = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)

    def next_batch(self) -> Any:
        batch = self._records.next_batch()
        self._position += 1
        return None if batch is None else _Batch(batch, self._raw, self._position - 1)


def surviving(send: Callable[..., Any]) -> Callable[..., Any]:
    """`AIOKafkaConnection.send` that says KafkaConnectionError of a connection that is closed."""

    @wraps(send)
    def sending(connection: Any, *args: Any, **more: Any) -> Any:
        try:
            return send(connection, *args, **more)
        except RuntimeError as error:
            connection.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"closed: {error}") from error

    return sending


def apply() -> None:
    """Patch all Kafka clients of this process. RuntimeError with another aiokafka."""
    found = version("aiokafka")
    if not found.startswith(f"{VERSION}."):
        raise RuntimeError(
            f"aiokafka {found}: wire/aiokafka_patches.py reaches into {VERSION}. Run its tests "
            "(tests/unit/runtime/test_aiokafka_patches.py) with the new one, then name it there."
        )
    fetcher.MemoryRecords = LenientRecords
    if not hasattr(AIOKafkaConnection.send, "__wrapped__"):
        AIOKafkaConnection.send = surviving(AIOKafkaConnection.send)


def fetch_through(consumer: Any, getmany: Callable[..., Any]) -> None:
    """Put `getmany` between the consumer's owner (FastStream) and its fetching."""
    consumer.getmany = getmany


def fetching_ended(consumer: Any) -> bool:
    """Whether the task inside aiokafka that fetches is gone although the consumer is open."""
    task = getattr(getattr(consumer, "_fetcher", None), "_fetch_task", None)
    return task is not None and bool(task.done()) and not consumer._closed


def set_pace(consumer: Any, pause: float, longest_ms: int) -> None:
    """Seconds between two fetches, and the milliseconds that one waits for a message.

    aiokafka sends a broker one fetch at a time, and pauses first while anything it fetched is
    unconsumed, as bulk messages always are. So a command waited for that pause (a tenth of a
    second), or for the end of a fetch that was sent without its partition (half a second).
    """
    consumer._fetcher._prefetch_backoff = pause
    consumer._fetcher._fetch_max_wait_ms = longest_ms
