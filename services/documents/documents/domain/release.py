"""What time brings: release, expiry, and the removal of what is no longer needed (DO-04, DO-05)."""

from documents.domain import checks
from documents.domain.filetypes import Content
from documents.domain.state import Document
from documents.domain.upload import refuse_document
from portal_contracts.common import Problem
from portal_contracts.documents.commands import ExpireUpload, ReleaseDocument, RemoveUpload
from portal_contracts.documents.events import DocumentExpired, DocumentReleased
from portal_runtime.domain.decision import NOTHING, Context, Decision, SetTimer


def release_document(
    command: ReleaseDocument, document: Document | None, sealed: Content | None, ctx: Context
) -> Decision:
    """Release once, never early, and only the very bytes that were checked."""
    if document is None or document.state != "processing":
        return NOTHING
    assert document.release_at is not None and document.received_at is not None
    if ctx.now < document.release_at:
        return Decision(
            set_timers=(SetTimer(f"release:{command.document_id}", document.release_at, command),)
        )
    if problem := _not_the_same(document, sealed):
        return refuse_document(document, problem, ctx)
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
    return Decision(events=(event,), commands=(_sweep(document, keep_sealed=True),))


def expire_upload(command: ExpireUpload, document: Document | None, ctx: Context) -> Decision:
    """24 hours are over. What is settled is swept once more: its link was still valid for a
    while."""
    if document is None or document.state == "processing":
        return NOTHING
    if ctx.now < document.expires_at:
        return Decision(
            set_timers=(SetTimer(f"expire:{command.document_id}", document.expires_at, command),)
        )
    sweep = _sweep(document, keep_sealed=document.state == "released")
    if document.settled:
        return Decision(commands=(sweep,))
    event = DocumentExpired(
        document_id=document.document_id,
        version=document.version + 1,
        owner=document.owner,
        expired_at=ctx.now,
    )
    return Decision(events=(event,), commands=(sweep,))


def _sweep(document: Document, *, keep_sealed: bool) -> RemoveUpload:
    return RemoveUpload(document_id=document.document_id, sealed_copy=not keep_sealed)


def _not_the_same(document: Document, sealed: Content | None) -> Problem | None:
    if sealed is None:
        return checks.lost(document)
    return checks.changed(document) if sealed.sha256 != document.sha256 else None
