"""Queries of the documents service and their answers."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Model, Query, Reply
from portal_contracts.common import Problem
from portal_contracts.documents.events import DocumentOwner, OwnerKind
from portal_contracts.fields import Count, Instant, MemberId, PageSize, Tin, YesNo, form

DocumentState = Literal["uploading", "processing", "released", "refused", "expired"]


class GetDocument(Query, type="documents.get_document.v1"):
    """One document: where it stands and when it can be opened (DO-03, DO-10)."""

    document_id: str = form("Document id, DOC-…", max_length=40)


class ListDocuments(Query, type="documents.list_documents.v1"):
    """Documents of one owner, or of the asker's Tax IDs; newest first (DO-03, DO-05).

    A provider sees what its own Tax IDs sent, and what the plan has released on what is theirs.
    """

    owner_kind: OwnerKind | None = form("Kind of owner; together with its reference", default=None)
    owner_reference: str | None = form("The owner's number", default=None, max_length=80)
    tin: Tin | None = form("Only what this Tax ID sent", default=None)
    states: tuple[DocumentState, ...] = form("Any of these; none means all", default=())
    after: str | None = form("Page key: `next` of the page before", default=None, max_length=80)
    limit: PageSize = form("Rows on the page", default=50)


class CountDocuments(Query, type="documents.count_documents.v1"):
    """Do the numbers add up (DO-10)? For operators and plan staff."""


class DocumentSummary(Model):
    """A document in a list."""

    document_id: str = Field(description="Document id")
    state: DocumentState = Field(
        description="uploading (not confirmed), processing (in quarantine), released (can be "
        "opened), refused or expired (gone)"
    )
    owner: DocumentOwner = Field(description="What it belongs to")
    member_id: MemberId | None = Field(
        None, description="Member the document is about, where known"
    )
    document_type: str = Field(description="Kind of document")
    file_name: str = Field(description="Name of the file as sent")
    size: Count = Field(description="Bytes")
    tin: str = Field(description="Tax ID that sent it; empty where the plan did")
    requested_at: Instant = Field(description="When the upload was asked for")
    received_at: Instant | None = Field(None, description="When the upload was confirmed")
    release_at: Instant | None = Field(
        None, description="When it will be released; released: when it was"
    )
    settled_at: Instant | None = Field(
        None, description="When it was released, refused or expired; none before"
    )
    problem: Problem | None = Field(None, description="Why it was refused")


class DocumentDetails(Reply, type="documents.document_details.v1"):
    """One document."""

    document: DocumentSummary = Field(description="The document")
    as_of: Instant = Field(description="How fresh the answer is")


class DocumentList(Reply, type="documents.document_list.v1"):
    """A page of documents."""

    documents: tuple[DocumentSummary, ...] = Field(description="Newest first")
    next: str | None = Field(None, description="Key of the next page; none on the last")
    as_of: Instant = Field(description="How fresh the answer is")


class DocumentCounts(Reply, type="documents.document_counts.v1"):
    """Every accepted upload, by where it stands. `accepted` comes from its own append-only list."""

    accepted: Count = Field(description="Uploads ever accepted")
    uploading: Count = Field(description="Pending: not confirmed yet")
    processing: Count = Field(description="Pending: in quarantine")
    released: Count = Field(description="Released")
    refused: Count = Field(description="Refused")
    expired: Count = Field(description="Expired")
    overdue: Count = Field(
        description="Pending ones whose time passed more than 5 minutes ago: must be 0"
    )
    balanced: YesNo = Field(
        description="Whether accepted = released + refused + expired + pending, and none overdue"
    )
    as_of: Instant = Field(description="How fresh the answer is")
