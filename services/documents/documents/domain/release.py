"""What time brings, and the sealing before it: release and expiry (DO-04, DO-05)."""

from documents.domain import checks, storing
from documents.domain.state import Document
from documents.domain.upload import refuse_document
from portal_contracts.common import Problem
from portal_contracts.documents.commands import ExpireUpload, ReleaseDocument, UploadSealed
from portal_contracts.documents.events import DocumentExpired, DocumentReleased
from portal_runtime.domain.decision import NOTHING, Context, Decision, SetTimer


def waits_for_sealing(document: Document | None) -> bool:
    """Whether what the sealing found still matters."""
    return document is not None and document.state == "processing" and not document.sealed


def upload_sealed(
    command: UploadSealed, document: Document, ctx: Context
) -> tuple[Document, Decision]:
    """The document with its sealed copy noted, if that holds the very bytes that were checked; and
    what follows. It is one that waits for its sealing."""
    if problem := _not_the_same(document, command):
        return document, refuse_document(document, problem, ctx)
    assert document.release_at is not None
    sealed = document.model_copy(update={"sealed": True})
    due = ctx.now >= document.release_at
    decision = _release(sealed, ctx) if due else Decision()
    return sealed, decision._replace(effects=(storing.remove(sealed, keep_sealed=True),))


def release_document(
    command: ReleaseDocument, document: Document | None, kept: bool, ctx: Context
) -> Decision:
    """Release once, never early. `kept`: whether the sealed copy is there."""
    if document is None or document.state != "processing":
        return NOTHING
    assert document.release_at is not None
    if ctx.now < document.release_at:
        return Decision(
            set_timers=(SetTimer(f"release:{command.document_id}", document.release_at, command),)
        )
    if not document.sealed:
        return NOTHING  # released as soon as it is
    return (
        _release(document, ctx) if kept else refuse_document(document, checks.lost(document), ctx)
    )


def expire_upload(command: ExpireUpload, document: Document | None, ctx: Context) -> Decision:
    """24 hours are over. What was received is swept once more: its link was good for a while."""
    if document is None:
        return NOTHING
    if ctx.now < document.expires_at:
        return Decision(
            set_timers=(SetTimer(f"expire:{command.document_id}", document.expires_at, command),)
        )
    if waits_for_sealing(document):
        return NOTHING  # the upload is still wanted, and removed when it is sealed
    if document.state != "uploading":
        return Decision(effects=(storing.sweep(document),))
    event = DocumentExpired(
        document_id=document.document_id,
        version=document.version + 1,
        owner=document.owner,
        expired_at=ctx.now,
    )
    return Decision(events=(event,), effects=(storing.sweep(document),))


def _release(document: Document, ctx: Context) -> Decision:
    assert document.received_at is not None
    event = DocumentReleased(
        document_id=document.document_id,
        version=document.version + 1,
        owner=document.owner,
        document_type=document.document_type,
        tin=document.tin,
        received_at=document.received_at,
        released_at=ctx.now,
        size=document.size,
        sha256=document.sha256,
    )
    return Decision(events=(event,))


def _not_the_same(document: Document, sealed: UploadSealed) -> Problem | None:
    if sealed.size is None:
        return checks.lost(document)
    return checks.changed(document) if sealed.sha256 != document.sha256 else None
