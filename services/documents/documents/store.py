"""The service's tables: its documents, and two append-only lists."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from documents.domain.access import Access
from documents.domain.state import Document
from portal_runtime.tables import IO, States, Table

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
