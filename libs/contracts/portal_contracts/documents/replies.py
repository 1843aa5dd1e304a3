"""Replies of the documents service."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Model, Reply
from portal_contracts.common import Problem
from portal_contracts.documents.parts import DocumentOwner, DocumentState
from portal_contracts.fields import Count, Instant, MemberId, YesNo
from portal_contracts.paging import Answer, PageAnswer


class UploadTicket(Reply, type="documents.upload_ticket.v1"):
    """Where to send the file, and how. Send exactly these fields or headers, nothing else."""

    document_id: str = Field(description="Document id, DOC-…")
    method: Literal["POST", "PUT"] = Field(
        description="POST: multipart form of `fields` and then the file; PUT: the file as the body"
    )
    url: str = Field(description="Address in the object store; a secret until it expires")
    fields: dict[str, str] = Field(description="Form fields to send before the file (POST)")
    headers: dict[str, str] = Field(description="Headers to send (PUT)")
    file_field: str = Field("file", description="Name of the form field of the file, the last one")
    max_size: Count = Field(description="Most bytes accepted")
    url_expires_at: Instant = Field(description="Sending must have begun before this")
    expires_at: Instant = Field(description="Must be confirmed before this (DO-04)")


class UploadReceived(Reply, type="documents.upload_received.v1"):
    """The file was looked at. `refused` is final: mend the file and ask for a new upload."""

    document_id: str = Field(description="Document id")
    state: Literal["processing", "released", "refused"] = Field(description="Where it stands")
    received_at: Instant | None = Field(None, description="Date of receipt; none when refused")
    release_at: Instant | None = Field(
        None, description="When it can be opened (released: since when); none when refused"
    )
    problem: Problem | None = Field(None, description="Why it was refused")


class DownloadLink(Reply, type="documents.download_link.v1"):
    """A link to a released document. A secret: it needs no further sign-in until it expires."""

    document_id: str = Field(description="Document id")
    member_id: MemberId | None = Field(
        None, description="Member the document is about, where known"
    )
    url: str = Field(description="Address to GET")
    file_name: str = Field(description="Name to save it under (the link itself does not say it)")
    content_type: str = Field(description="Media type found by looking at the content")
    size: Count = Field(description="Bytes")
    sha256: str = Field(description="SHA-256 of the content, hex")
    expires_at: Instant = Field(description="When the link stops working")


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


class DocumentDetails(Answer, type="documents.document_details.v1"):
    """One document."""

    document: DocumentSummary = Field(description="The document")


class DocumentList(PageAnswer, type="documents.document_list.v1"):
    """A page of documents."""

    documents: tuple[DocumentSummary, ...] = Field(description="Newest first")


class DocumentCounts(Answer, type="documents.document_counts.v1"):
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
