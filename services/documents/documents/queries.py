"""The read side: scoped by who asks, in SQL where rows are many."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from documents.domain.access import Owner, may_see, member_of, unknown
from documents.domain.state import Document
from portal_contracts.base import Reply
from portal_contracts.documents.problems import OWNER_INCOMPLETE
from portal_contracts.documents.queries import CountDocuments, GetDocument, ListDocuments
from portal_contracts.documents.replies import (
    DocumentCounts,
    DocumentDetails,
    DocumentList,
    DocumentSummary,
)
from portal_runtime.domain.decision import refusal
from portal_runtime.queries.paging import BAD_PAGE, page_key, read_page_key
from portal_runtime.routes import QueryContext

OVERDUE_AFTER = timedelta(minutes=5)


async def get_document(query: GetDocument, q: QueryContext) -> Reply:
    """One document, also after it was refused or expired."""
    body = await q.conn.fetchval(
        "select body from documents where document_id = $1", query.document_id
    )
    document = Document.model_validate_json(body) if body else None
    owners = await _owners(q.conn, [document] if document else [])
    if document is None or not may_see(document, _owner(document, owners), q.scope):
        return refusal(unknown(query.document_id))
    return DocumentDetails(document=summary(document, _owner(document, owners)), as_of=q.now)


async def list_documents(query: ListDocuments, q: QueryContext) -> Reply:
    """A page, newest first."""
    if (query.owner_kind is None) != (query.owner_reference is None):
        return refusal(OWNER_INCOMPLETE())
    try:
        moment, last_id = read_page_key(query.after)
    except ValueError:
        return BAD_PAGE
    rows = await q.conn.fetch(
        _LIST,
        query.owner_kind,
        query.owner_reference,
        query.tin,
        list(query.states) or None,
        *q.scope.sql(),
        moment,
        last_id,
        query.limit + 1,
    )
    page = [Document.model_validate_json(row["body"]) for row in rows[: query.limit]]
    owners = await _owners(q.conn, page)
    return DocumentList(
        documents=tuple(summary(document, _owner(document, owners)) for document in page),
        next=_following(page[-1]) if len(rows) > query.limit else None,
        as_of=q.now,
    )


async def count_documents(_: CountDocuments, q: QueryContext) -> Reply:
    """Accepted against what became of it, in one snapshot (DO-10)."""
    row = await q.conn.fetchrow(_COUNT, q.now - OVERDUE_AFTER)
    settled = row["released"] + row["refused"] + row["expired"]
    known = settled + row["uploading"] + row["processing"]
    balanced = row["accepted"] == known and not row["overdue"]
    return DocumentCounts(**dict(row), balanced=balanced, as_of=q.now)


def summary(document: Document, owner: Owner | None) -> DocumentSummary:
    """What a list shows of a document."""
    released = document.state == "released"
    return DocumentSummary(
        document_id=document.document_id,
        state=document.state,
        owner=document.owner,
        member_id=member_of(owner),
        document_type=document.document_type,
        file_name=document.file_name,
        size=document.size or document.announced_size,
        tin=document.tin,
        requested_at=document.requested_at,
        received_at=document.received_at,
        release_at=document.settled_at if released else document.release_at,
        settled_at=document.settled_at,
        problem=document.problem,
    )


def _following(last: Document) -> str:
    return page_key(last.requested_at, last.document_id)


async def _owners(conn: Any, documents: Iterable[Document]) -> dict[tuple[str, str], Owner]:
    """What is known of the things that the documents belong to, by kind and reference."""
    named = sorted({(d.owner.kind, d.owner.reference) for d in documents})
    if not named:
        return {}
    kinds, references = (list(column) for column in zip(*named, strict=True))
    rows = await conn.fetch(_OWNERS, kinds, references)
    return {(r["kind"], r["key"]): Owner.model_validate_json(r["body"]) for r in rows}


def _owner(document: Document, owners: dict[tuple[str, str], Owner]) -> Owner | None:
    return owners.get((document.owner.kind, document.owner.reference))


# The last condition is `may_see` in SQL: sent by own Tax IDs, or the plan's papers on what is
# theirs. An empty Tax ID belongs to nobody: it must match neither the plan's papers nor an owner.
_LIST = """
select d.body from documents d
where ($1::text is null or (d.owner_kind = $1 and d.owner_reference = $2))
  and ($3::text is null or d.tin = $3)
  and ($4::text[] is null or d.state = any($4))
  and ($7::timestamptz is null or (d.requested_at, d.document_id) < ($7, $8::text))
  and ($5 or (d.tin <> '' and d.tin = any($6))
       or (d.tin = '' and d.state = 'released'
           and exists (select from facts f where f.kind = d.owner_kind and f.key = d.owner_reference
                       and nullif(convert_from(f.body, 'UTF8')::jsonb ->> 'tin', '') = any($6))))
order by d.requested_at desc, d.document_id desc
limit $9
"""
_OWNERS = """
select f.kind, f.key, f.body from unnest($1::text[], $2::text[]) w(kind, key)
join facts f on f.kind = w.kind and f.key = w.key
"""
_COUNT = """
select (select count(*) from accepted_uploads) as accepted,
       count(*) filter (where state = 'uploading') as uploading,
       count(*) filter (where state = 'processing') as processing,
       count(*) filter (where state = 'released') as released,
       count(*) filter (where state = 'refused') as refused,
       count(*) filter (where state = 'expired') as expired,
       count(*) filter (where due_at < $1) as overdue
from documents
"""
