"""What time brings, and the sealing before it: release and expiry (DO-04, DO-05)."""

from documents.domain import checks, storing
from documents.domain.state import Document, happened, next_event
from documents.domain.upload import refuse_document
from portal_contracts.common import Problem
from portal_contracts.documents.commands import ExpireUpload, ReleaseDocument, UploadSealed
from portal_contracts.documents.events import DocumentExpired, DocumentReleased
from portal_runtime.domain.decision import Context, Decision, SetTimer
from portal_runtime.domain.outcome import NO_CHANGE, Outcome


def waits_for_sealing(document: Document) -> bool:
    """Whether what the sealing found still matters."""
    return document.state == "processing" and not document.sealed


def upload_sealed(
    command: UploadSealed, document: Document | None, ctx: Context
) -> Outcome[Document]:
    """Note the sealed copy, if it holds the very bytes that were checked; release what is due."""
    if document is None or not waits_for_sealing(document):
        return NO_CHANGE
    if problem := _not_the_same(document, command):
        return refuse_document(document, problem, ctx)
    assert document.release_at is not None
    sealed = document.model_copy(update={"sealed": True})
    removed = (storing.remove(sealed, keep_sealed=True),)
    if ctx.now < document.release_at:
        return Outcome(Decision(effects=removed), sealed)
    released = next_event(DocumentReleased, sealed, released_at=ctx.now)
    return happened(sealed, released, effects=removed)


def release_document(
    command: ReleaseDocument, document: Document | None, kept: bool, ctx: Context
) -> Outcome[Document]:
    """Release once, never early. `kept`: whether the sealed copy is there."""
    if document is None or document.state != "processing":
        return NO_CHANGE
    assert document.release_at is not None
    if ctx.now < document.release_at:
        timer = SetTimer(f"release:{command.document_id}", document.release_at, command)
        return Outcome(Decision(set_timers=(timer,)))
    if not document.sealed:
        return NO_CHANGE  # released as soon as it is
    if not kept:
        return refuse_document(document, checks.lost(document), ctx)
    return happened(document, next_event(DocumentReleased, document, released_at=ctx.now))


def expire_upload(
    command: ExpireUpload, document: Document | None, ctx: Context
) -> Outcome[Document]:
    """24 hours are over. What was received is swept once more: its link was good for a while."""
    if document is None:
        return NO_CHANGE
    if ctx.now < document.expires_at:
        timer = SetTimer(f"expire:{command.document_id}", document.expires_at, command)
        return Outcome(Decision(set_timers=(timer,)))
    if waits_for_sealing(document):
        return NO_CHANGE  # the upload is still wanted, and removed when it is sealed
    swept = (storing.sweep(document),)
    if document.state != "uploading":
        return Outcome(Decision(effects=swept))
    expired = next_event(DocumentExpired, document, expired_at=ctx.now)
    return happened(document, expired, effects=swept)


def _not_the_same(document: Document, sealed: UploadSealed) -> Problem | None:
    if sealed.size is None:
        return checks.lost(document)
    return checks.changed(document) if sealed.sha256 != document.sha256 else None
