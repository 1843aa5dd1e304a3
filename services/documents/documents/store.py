"""The service's tables: its documents, two append-only lists, and the object store as tables.

What is looked at in the object store is a fact to a decision, loaded before its transaction. What
is done there (copying, deleting) can be repeated with the same result, and is asked for only by
messages of committed decisions: see README.md, 'The object store in a decision'.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID

from documents.domain.access import Access
from documents.domain.filetypes import MARKERS, Content
from documents.domain.state import MAX_SIZE, Document
from portal_runtime.storage.objectstore import ObjectStore, SignedLink, UploadForm
from portal_runtime.tables import IO, States, Table

K = TypeVar("K")
V = TypeVar("V")


DOCUMENTS = States(
    "documents",
    "document_id",
    Document,
    {
        "owner_kind": ("text", "owner.kind"),
        "owner_reference": ("text", "owner.reference"),
        "tin": "text",
        "state": "text",
        "requested_at": "timestamptz",
        "due_at": "timestamptz",
    },
)


# -- append-only lists -----------------------------------------------------------------------------


class _Accepted(Table[str, datetime]):
    async def save(self, io: IO, items: Sequence[tuple[str, datetime]]) -> None:
        ids, moments = (list(column) for column in zip(*items, strict=True))
        await io.conn.execute(_ACCEPT, ids, moments)


class _Downloads(Table[UUID, Access]):
    """For whoever asks about a document; the access log has the same look, for auditors."""

    async def save(self, io: IO, items: Sequence[tuple[UUID, Access]]) -> None:
        rows = [
            (a.message_id, a.document_id, a.member_id, a.subject, a.role, a.purpose, a.opened_at)
            for _, a in items
        ]
        await io.conn.execute(_DOWNLOAD, *map(list, zip(*rows, strict=True)))


ACCEPTED = _Accepted("accepted_uploads")
DOWNLOADS = _Downloads("downloads")


# -- the object store ------------------------------------------------------------------------------


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


class Removal(NamedTuple):
    """What is to be deleted."""

    document_id: str
    sealed_copy: bool


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
    outside = True

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, Content]:
        return await _each(
            keys, lambda document_id: _content(io.resources, upload_key(document_id))
        )


class _Sealed(Table[str, Content]):
    """Copies the upload to where its sender cannot write, once, and looks at the copy."""

    outside = True

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, Content]:
        store: ObjectStore = io.resources

        async def seal(document_id: str) -> Content | None:
            if not await store.exists(sealed_key(document_id)):
                await store.copy(upload_key(document_id), sealed_key(document_id))
            return await _content(store, sealed_key(document_id))

        return await _each(keys, seal)


class _Removals(Table[Removal, bool]):
    outside = True

    async def load(self, io: IO, keys: Sequence[Removal]) -> dict[Removal, bool]:
        store: ObjectStore = io.resources

        async def remove(wanted: Removal) -> bool:
            sealed = [sealed_key(wanted.document_id)] if wanted.sealed_copy else []
            await store.delete(upload_key(wanted.document_id), *sealed)
            return True

        return await _each(keys, remove)


TICKETS = _Tickets("object store: tickets")
LINKS = _Links("object store: links")
UPLOADS = _Uploads("object store: uploads")
SEALED = _Sealed("object store: sealed")
REMOVALS = _Removals("object store: removals")


async def _content(store: ObjectStore, key: str) -> Content | None:
    seen = await store.inspect(key, limit=MAX_SIZE, markers=MARKERS)
    if seen is None:
        return None
    return Content(seen.size, seen.sha256, seen.head, seen.tail, seen.found)


async def _each(keys: Sequence[K], work: Callable[[K], Awaitable[V | None]]) -> dict[K, V]:
    """All at once; the store itself bounds how many."""
    found = await asyncio.gather(*(work(key) for key in keys))
    return {key: value for key, value in zip(keys, found, strict=True) if value is not None}


_ACCEPT = """
insert into accepted_uploads (document_id, accepted_at)
select * from unnest($1::text[], $2::timestamptz[]) on conflict do nothing
"""
_DOWNLOAD = """
insert into downloads (message_id, document_id, member_id, subject, role, purpose, opened_at)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::timestamptz[])
on conflict do nothing
"""
