"""The object store port, plain S3. Adapter: `s3.py`; in memory: `fake_objectstore.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, Protocol

from portal_runtime.errors import Unavailable

EDGE = 64 * 1024
"""Bytes of the beginning and of the end that an inspection shows."""


class StoreUnavailable(Unavailable):
    """The store is away, full or wrongly set up. Names what was tried, never keys or addresses."""


@dataclass(frozen=True, slots=True)
class UploadForm:
    """How to send one object without credentials. POST: `fields`, then the file; PUT: the body."""

    method: Literal["POST", "PUT"]
    url: str
    expires_at: datetime
    fields: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignedLink:
    """An address that reads one object without credentials until it expires."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an object really is."""

    size: int
    sha256: str
    """Hex; empty where the object was larger than the limit and therefore not read."""
    head: bytes = b""
    tail: bytes = b""
    found: frozenset[bytes] = frozenset()
    """Which of the markers asked for occur anywhere in the content."""


class ObjectStore(Protocol):
    """One bucket. Every call raises `StoreUnavailable` when the store cannot do it now."""

    async def ensure_bucket(self) -> None:
        """Make the bucket where it is missing, and find out what the store can do."""

    async def presign_upload(
        self, key: str, *, content_type: str, max_size: int, lifetime: timedelta
    ) -> UploadForm:
        """Permission to send one object under this key. By POST policy the store itself enforces
        size, key and type; a store without such policies gives a PUT that enforces the key only."""

    def presign_get(
        self, key: str, *, file_name: str, content_type: str, lifetime: timedelta
    ) -> SignedLink:
        """Permission to read one object, sent as an attachment. Pure computation."""

    async def inspect(
        self, key: str, *, limit: int, markers: Sequence[bytes] = ()
    ) -> Inspection | None:
        """Read the object once, in constant memory. None when there is none; one larger than
        `limit` is not read."""

    async def copy(self, source: str, target: str) -> bool:
        """Copy inside the store, replacing the target. False when there is no source."""

    async def delete(self, *keys: str) -> None:
        """Delete; what does not exist is fine."""

    async def exists(self, key: str) -> bool:
        """Whether there is such an object."""

    async def keys(self, prefix: str) -> list[str]:
        """Keys that begin with the prefix, sorted. For operators and tests, not for rules."""

    async def trouble(self) -> str:
        """What is wrong with the store, or an empty string. Within two seconds, never raising."""


class Inspector:
    """Computes an inspection from chunks: constant memory, whatever the size."""

    def __init__(self, markers: Sequence[bytes]) -> None:
        self._markers = set(markers)
        self._overlap = max((len(m) for m in markers), default=1) - 1
        self._hash = sha256()
        self._size = 0
        self._head = self._tail = b""
        self._found: set[bytes] = set()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._hash.update(chunk)
        self._size += len(chunk)
        if len(self._head) < EDGE:
            self._head += chunk[: EDGE - len(self._head)]
        # A marker may lie across two chunks.
        window = self._tail[-self._overlap :] + chunk if self._overlap else chunk
        for marker in self._markers - self._found:
            if marker in window:
                self._found.add(marker)
        self._tail = (self._tail + chunk[-EDGE:])[-EDGE:]

    def result(self) -> Inspection:
        """What was seen so far."""
        return Inspection(
            self._size, self._hash.hexdigest(), self._head, self._tail, frozenset(self._found)
        )
