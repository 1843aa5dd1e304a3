"""Asking for an upload and confirming it (DO-01, DO-02, DO-04)."""

from documents.domain import checks, storing
from documents.domain.access import Owner, is_senders, unknown
from documents.domain.filetypes import Content, FileType
from documents.domain.state import Document, Times, happened, next_event
from portal_contracts.common import Problem
from portal_contracts.documents.commands import (
    ConfirmUpload,
    ExpireUpload,
    ReleaseDocument,
    RequestUpload,
)
from portal_contracts.documents.events import DocumentReceived, DocumentRefused
from portal_contracts.documents.problems import OWNER_NOT_FOUND, TAX_ID_MISSING, UPLOAD_EXPIRED
from portal_contracts.documents.replies import UploadReceived, UploadTicket
from portal_contracts.ids import make_reference
from portal_contracts.problems.common import NOT_YOUR_TAX_ID
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context, Decision, SetTimer
from portal_runtime.domain.outcome import Outcome, refused
from portal_runtime.domain.work import Effect

OWNER = OWNER_NOT_FOUND.field


def document_id_of(command: RequestUpload, ctx: Context) -> str:
    """Carries the owner's routing bucket: all about the owner's documents is decided in order."""
    return make_reference("DOC", command.key(), ctx.message_id)


def problems_of_request(command: RequestUpload, owner: Owner | None, ctx: Context) -> list[Problem]:
    """Why there is no upload; empty when there is one."""
    wrong = checks.announced(command)
    if sender := _not_theirs(command, ctx):
        # Whose the owner is, is told to nobody who does not act for that Tax ID.
        return [sender, *wrong]
    misspelt = any(problem.field == OWNER for problem in wrong)
    if misspelt or (owner is not None and owner.takes_from(command.tin)):
        return wrong
    # One answer for 'does not exist' and 'is not yours': nobody learns which numbers exist.
    return [OWNER_NOT_FOUND(what=checks.NAMES[command.owner.kind]), *wrong]


def request_upload(document: Document, ticket: UploadTicket) -> Outcome[Document]:
    """The upload is granted; unless it is finished it expires."""
    expire = like(ExpireUpload, document)
    timer = SetTimer(f"expire:{document.document_id}", document.expires_at, expire)
    return Outcome(Decision(reply=ticket, set_timers=(timer,)), document)


def may_confirm(document: Document | None, ctx: Context) -> bool:
    """Whether it is the asker's and waits for its file. Of no other is the file looked at."""
    return (
        document is not None and is_senders(document, ctx.scope) and document.state == "uploading"
    )


def confirm_upload(
    command: ConfirmUpload, document: Document | None, content: Content | None, ctx: Context
) -> Outcome[Document]:
    """Inspect what has arrived: it goes into quarantine, or is refused."""
    if document is None or not is_senders(document, ctx.scope):
        return refused(unknown(command.document_id))
    if document.state != "uploading":
        told = _told_again(document).decision
        return Outcome(told._replace(effects=_late(document, ctx)))
    finding = checks.examine(document, content)
    if finding.kind is not None and content is not None:
        return _receive(document, finding.kind, content, ctx)
    assert finding.problem is not None
    if finding.final:
        return refuse_document(document, finding.problem, ctx)
    return refused(finding.problem)


def refuse_document(document: Document, problem: Problem, ctx: Context) -> Outcome[Document]:
    """The document is refused for good; its bytes go."""
    event = next_event(DocumentRefused, document, problem=problem, refused_at=ctx.now)
    reply = UploadReceived(document_id=document.document_id, state="refused", problem=problem)
    removed = storing.remove(document, keep_sealed=False)
    return happened(document, event, reply=reply, effects=(removed,))


def _receive(
    document: Document, kind: FileType, content: Content, ctx: Context
) -> Outcome[Document]:
    times: Times = ctx.settings
    event = next_event(
        DocumentReceived,
        document,
        received_at=ctx.now,
        release_at=ctx.now + times.release_delay,
        content_type=kind.media_type,
        size=content.size,
        sha256=content.sha256,
    )
    reply = like(UploadReceived, event, state="processing")
    release = like(ReleaseDocument, document)
    timer = SetTimer(f"release:{document.document_id}", event.release_at, release)
    sealing = (storing.seal(document),)
    return happened(document, event, reply=reply, set_timers=(timer,), effects=sealing)


def _late(document: Document, ctx: Context) -> tuple[Effect, ...]:
    """What arrived when all was settled came after the sweep, so it is swept once more (DO-04).

    The store judges the age of a link by its own clock, the service that of a document by another.
    """
    if ctx.now < document.expires_at or not (document.settled or document.sealed):
        return ()
    return (storing.sweep(document),)


def _told_again(document: Document) -> Outcome[Document]:
    """Asking again tells how it stands."""
    match document.state:
        case "expired":
            return refused(UPLOAD_EXPIRED(name=document.file_name))
        case "refused":
            reply = like(UploadReceived, document, received_at=None, release_at=None)
        case _:
            since = document.settled_at or document.release_at
            reply = like(UploadReceived, document, release_at=since)
    return Outcome(Decision(reply=reply))


def _not_theirs(command: RequestUpload, ctx: Context) -> Problem | None:
    if command.tin is None:
        return None if ctx.scope.everything else TAX_ID_MISSING()
    return None if ctx.scope.includes(command.tin) else NOT_YOUR_TAX_ID()
