"""What aiokafka cannot bear: header names that are no text, and a connection that is just closed.

It decodes header names inside its C code. One byte that is not UTF-8 makes every fetch of
that partition fail for ever, and what was read of other partitions in the same call is lost without
a trace. Here such a batch is read again by aiokafka's own Python reader, which is told to escape
what it cannot decode. Nothing else changes: batches are read by the C code until it stumbles.

And it takes an OSError for the sign of a broken connection; uvloop raises RuntimeError when it is
asked to write to one that was closed a moment ago. That ended the task that fetches, and with it
the consumer, for ever and without a word. Here it becomes what aiokafka knows.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from itertools import islice
from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.consumer import fetcher
from aiokafka.errors import KafkaConnectionError
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords, _MemoryRecordsPy


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
    """Have every Kafka client of this process bear these."""
    fetcher.MemoryRecords = LenientRecords
    if not hasattr(AIOKafkaConnection.send, "__wrapped__"):
        AIOKafkaConnection.send = surviving(AIOKafkaConnection.send)
