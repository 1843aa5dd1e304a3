"""The object store: what a decision looks at there, and what is done there after one.

Looking is a table, loaded outside of any transaction. Doing (copying, deleting) is an effect: it
may be done any number of times with the same result (README.md, 'The object store in a decision').
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeVar

from documents.domain.filetypes import MARKERS, Content
from documents.domain.state import MAX_SIZE
from documents.domain.storing import RemoveUpload, SealUpload
from portal_contracts.documents.commands import UploadSealed
from portal_runtime.routes import Surroundings
from portal_runtime.storage.objectstore import ObjectStore, SignedLink, UploadForm
from portal_runtime.tables import IO, Table

K = TypeVar("K")
V = TypeVar("V")


def upload_key(document_id: str) -> str:
    """Where the uploader writes. Keys hold document ids only."""
    return f"quarantine/{document_id}"


def sealed_key(document_id: str) -> str:
    """Where nobody outside was ever allowed to write."""
    return f"documents/{document_id}"


class Permission(NamedTuple):
    """What an upload is allowed to be."""

    document_id: str
    content_type: str
    lifetime: timedelta


class Reading(NamedTuple):
    """What a download link is for. Its name in the address is the id: file names may hold names."""

    document_id: str
    extension: str
    content_type: str
    lifetime: timedelta


class _Tickets(Table[Permission, UploadForm]):
    outside = True

    async def load(self, io: IO, keys: Sequence[Permission]) -> dict[Permission, UploadForm]:
        store: ObjectStore = io.resources

        async def sign(wanted: Permission) -> UploadForm:
            return await store.presign_upload(
                upload_key(wanted.document_id),
                content_type=wanted.content_type,
                max_size=MAX_SIZE,
                lifetime=wanted.lifetime,
            )

        return await _each(keys, sign)


class _Links(Table[Reading, SignedLink]):
    # Not outside: signing is computation, and needs what the document's own row says.
    async def load(self, io: IO, keys: Sequence[Reading]) -> dict[Reading, SignedLink]:
        store: ObjectStore = io.resources
        return {
            wanted: store.presign_get(
                sealed_key(wanted.document_id),
                file_name=f"{wanted.document_id}.{wanted.extension}",
                content_type=wanted.content_type,
                lifetime=wanted.lifetime,
            )
            for wanted in keys
        }


class _Uploads(Table[str, Content]):
    """What has arrived. Where there is a sealed copy, that: a document without a confirmation has
    one when the database was put back to a time before it, and the upload is gone by then (ADR 10).
    """

    outside = True

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, Content]:
        store: ObjectStore = io.resources

        async def arrived(document_id: str) -> Content | None:
            sealed = await store.exists(sealed_key(document_id))
            key = sealed_key(document_id) if sealed else upload_key(document_id)
            seen = await store.inspect(key, limit=MAX_SIZE, markers=MARKERS)
            if seen is None:
                return None
            return Content(seen.size, seen.sha256, seen.head, seen.tail, seen.found)

        return await _each(keys, arrived)


class _Sealed(Table[str, bool]):
    """Whether the sealed copy is there."""

    outside = True

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, bool]:
        store: ObjectStore = io.resources
        return await _each(keys, lambda document_id: store.exists(sealed_key(document_id)))


TICKETS = _Tickets("object store: tickets")
LINKS = _Links("object store: links")
UPLOADS = _Uploads("object store: uploads")
SEALED = _Sealed("object store: sealed")


async def _each(keys: Sequence[K], work: Callable[[K], Awaitable[V | None]]) -> dict[K, V]:
    """All at once; the store itself bounds how many."""
    found = await asyncio.gather(*(work(key) for key in keys))
    return {key: value for key, value in zip(keys, found, strict=True) if value is not None}


# -- what is done ----------------------------------------------------------------------------------


async def seal(work: SealUpload, around: Surroundings) -> UploadSealed:
    """Copy once, so that what a sender uploads later changes nothing; and read what lies there."""
    store: ObjectStore = around.resources
    target = sealed_key(work.document_id)
    if not await store.exists(target):
        await store.copy(upload_key(work.document_id), target)
    seen = await store.inspect(target, limit=MAX_SIZE)
    if seen is None:
        return UploadSealed(document_id=work.document_id)
    # One that is too large is not read: it is not what was checked, whatever it is.
    return UploadSealed(document_id=work.document_id, size=seen.size, sha256=seen.sha256 or None)


async def remove(work: RemoveUpload, around: Surroundings) -> None:
    """Deleting what is not there is fine."""
    store: ObjectStore = around.resources
    sealed = [sealed_key(work.document_id)] if work.sealed_copy else []
    await store.delete(upload_key(work.document_id), *sealed)
