"""The read side: scoped by who asks, in SQL where rows are many."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from documents.domain.access import Owner, member_of, unknown
from documents.domain.state import Document
from documents.store import DOCUMENTS
from portal_contracts.base import Reply
from portal_contracts.documents.problems import OWNER_INCOMPLETE
from portal_contracts.documents.queries import CountDocuments, GetDocument, ListDocuments
from portal_contracts.documents.replies import (
    DocumentCounts,
    DocumentDetails,
    DocumentList,
    DocumentSummary,
)
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import refusal
from portal_runtime.queries.reading import one, page
from portal_runtime.routes import QueryContext

ORDER = {"requested_at": datetime, "document_id": str}
OVERDUE_AFTER = timedelta(minutes=5)


async def get_document(query: GetDocument, ctx: QueryContext) -> Reply:
    """One document, also after it was refused or expired."""
    number = query.document_id
    row = await one(ctx, _ONE, number, otherwise=lambda: unknown(number))
    (summary,) = await _summaries([row], ctx)
    return DocumentDetails(document=summary, as_of=ctx.now)


async def list_documents(query: ListDocuments, ctx: QueryContext) -> Reply:
    """A page, newest first."""
    if (query.owner_kind is None) != (query.owner_reference is None):
        return refusal(OWNER_INCOMPLETE())
    states = list(query.states) or None
    wanted = (query.owner_kind, query.owner_reference, query.tin, states)
    found = await page(ctx, query, _LIST, *wanted, order=ORDER)
    documents = tuple(await _summaries(found.rows, ctx))
    return DocumentList(documents=documents, next=found.next, as_of=ctx.now)


async def count_documents(_: CountDocuments, ctx: QueryContext) -> Reply:
    """Accepted against what became of it, in one snapshot (DO-10)."""
    row = await ctx.conn.fetchrow(_COUNT, ctx.now - OVERDUE_AFTER)
    settled = row["released"] + row["refused"] + row["expired"]
    known = settled + row["uploading"] + row["processing"]
    balanced = row["accepted"] == known and not row["overdue"]
    return DocumentCounts(**dict(row), balanced=balanced, as_of=ctx.now)


async def _summaries(rows: Sequence[Any], ctx: QueryContext) -> list[DocumentSummary]:
    """The documents, each with the member it is about where that is known."""
    documents = [DOCUMENTS.read(row["body"]) for row in rows]
    named = [(document.owner.kind, document.owner.reference) for document in documents]
    known = await ctx.conn.fetch(_OWNERS, *map(list, zip(*named, strict=True))) if named else ()
    owners = {(row["kind"], row["key"]): Owner.model_validate_json(row["body"]) for row in known}
    return [_summary(d, owners.get(name)) for d, name in zip(documents, named, strict=True)]


def _summary(document: Document, owner: Owner | None) -> DocumentSummary:
    released = document.state == "released"
    return like(
        DocumentSummary,
        document,
        member_id=member_of(owner),
        size=document.size or document.announced_size,
        release_at=document.settled_at if released else document.release_at,
    )


# `may_see` in SQL: sent by own Tax IDs, or the plan's papers on what is theirs. An empty Tax ID
# belongs to nobody: it must match neither the plan's papers nor an owner.
_MAY_SEE = """
($1 or (d.tin <> '' and d.tin = any($2))
    or (d.tin = '' and d.state = 'released'
        and exists (select from facts f where f.kind = d.owner_kind and f.key = d.owner_reference
                    and nullif(convert_from(f.body, 'UTF8')::jsonb ->> 'tin', '') = any($2))))
"""
_ONE = f"select d.body from documents d where {_MAY_SEE} and d.document_id = $3"
_LIST = f"""
select d.document_id, d.requested_at, d.body from documents d
where {_MAY_SEE}
  and ($3::text is null or (d.owner_kind = $3 and d.owner_reference = $4::text))
  and ($5::text is null or d.tin = $5)
  and ($6::text[] is null or d.state = any($6))
  and ($7::timestamptz is null or (d.requested_at, d.document_id) < ($7, $8::text))
order by d.requested_at desc, d.document_id desc
limit $9
"""
_OWNERS = """
select distinct f.kind, f.key, f.body from unnest($1::text[], $2::text[]) w(kind, key)
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
