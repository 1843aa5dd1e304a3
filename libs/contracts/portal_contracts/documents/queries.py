"""Queries of the documents service."""

from portal_contracts.base import Query
from portal_contracts.documents.parts import DocumentState, OwnerKind
from portal_contracts.documents.replies import DocumentCounts, DocumentDetails, DocumentList
from portal_contracts.fields import Reference, Tin, form
from portal_contracts.paging import Page


class GetDocument(Query, type="documents.get_document.v1", answers=(DocumentDetails,)):
    """One document: where it stands and when it can be opened (DO-03, DO-10)."""

    document_id: Reference = form("Document id, DOC-…")


class ListDocuments(Page, type="documents.list_documents.v1", answers=(DocumentList,)):
    """Documents of one owner, or of the asker's Tax IDs; newest first (DO-03, DO-05).

    A provider sees what its own Tax IDs sent, and what the plan has released on what is theirs.
    """

    owner_kind: OwnerKind | None = form("Kind of owner; together with its reference", default=None)
    owner_reference: str | None = form("The owner's number", default=None, max_length=80)
    tin: Tin | None = form("Only what this Tax ID sent", default=None)
    states: tuple[DocumentState, ...] = form("Any of these; none means all", default=())


class CountDocuments(Query, type="documents.count_documents.v1", answers=(DocumentCounts,)):
    """Do the numbers add up (DO-10)? For operators and plan staff."""
