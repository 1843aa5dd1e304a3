"""What is to be done in the object store: sealing an upload, and deleting (DO-04, DO-05)."""

from documents.domain.state import Document
from portal_runtime.domain.work import Effect, Work


class SealUpload(Work, kind="documents.seal_upload"):
    """Copy the upload, once, to where its sender cannot write, and read the copy."""

    document_id: str


class RemoveUpload(Work, kind="documents.remove_upload"):
    """Delete what was uploaded."""

    document_id: str
    sealed_copy: bool
    """Whether the sealed copy goes too."""


def seal(document: Document) -> Effect:
    """Answered by `UploadSealed`."""
    return _of(document, SealUpload(document_id=document.document_id))


def remove(document: Document, *, keep_sealed: bool) -> Effect:
    """Nobody need know of it. It follows a sealing that was ordered before, if there was one."""
    work = RemoveUpload(document_id=document.document_id, sealed_copy=not keep_sealed)
    return _of(document, work)


def sweep(document: Document) -> Effect:
    """Whatever lies there still and has no use any more."""
    return remove(document, keep_sealed=document.state in ("processing", "released"))


def _of(document: Document, work: Work) -> Effect:
    return Effect(document.document_id, work)
