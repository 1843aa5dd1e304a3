"""Events of the documents service."""

from pydantic import Field

from portal_contracts.base import Event
from portal_contracts.common import Problem
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.fields import Count, Instant


class DocumentEvent(Event):
    """What every event about a document carries."""

    document_id: str = Field(description="Document id, DOC-…")
    version: Count = Field(description="Rises with every event about the document")
    owner: DocumentOwner = Field(description="What it belongs to, or was meant for")

    def key(self) -> str:
        return self.document_id

    def subject(self) -> str:
        return self.document_id


class DocumentReleased(DocumentEvent, type="documents.document_released.v1"):
    """A document left quarantine and may be seen and used (DO-05). Published once."""

    document_type: str = Field(description="Kind of document, e.g. 'medical_record'")
    tin: str = Field(description="Tax ID that sent it; empty where the plan made it")
    received_at: Instant = Field(description="When the upload was confirmed")
    released_at: Instant = Field(description="When it was released")
    size: Count = Field(description="Bytes")
    sha256: str = Field(description="SHA-256 of the content, hex")


class DocumentRefused(DocumentEvent, type="documents.document_refused.v1"):
    """A document did not pass the checks; it is gone for good and the uploader sees why."""

    problem: Problem = Field(description="Why")
    refused_at: Instant = Field(description="When it was refused")


class DocumentExpired(DocumentEvent, type="documents.document_expired.v1"):
    """An upload was never finished (DO-04)."""

    expired_at: Instant = Field(description="When it expired")


class DocumentReceived(DocumentEvent, type="documents.document_received.v1"):
    """An upload passed the checks and is in quarantine until its release (DO-02, DO-03)."""

    document_type: str = Field(description="Kind of document")
    tin: str = Field(description="Tax ID that sent it; empty where the plan did")
    received_at: Instant = Field(description="When the upload was confirmed: the date of receipt")
    release_at: Instant = Field(description="When it is due to be released")
    content_type: str = Field(description="Media type found by looking at the content")
    size: Count = Field(description="Bytes")
    sha256: str = Field(description="SHA-256 of the content, hex")
