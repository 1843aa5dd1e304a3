"""Table of contents of the documents service: message type -> needs, who decides."""

from collections.abc import Iterable
from datetime import timedelta

from documents import objects, queries
from documents.domain import access, checks, filetypes, release, upload
from documents.domain.state import MAX_SIZE, Document, Times, requested
from documents.domain.storing import RemoveUpload, SealUpload
from documents.facts import ANNOUNCED, OWNERS, announced
from documents.objects import LINKS, SEALED, TICKETS, UPLOADS, Permission, Reading
from documents.store import ACCEPTED, DOCUMENTS, DOWNLOADS
from portal_contracts.base import Event
from portal_contracts.documents.commands import (
    AboutDocument,
    ConfirmUpload,
    ExpireUpload,
    OpenDocument,
    ReleaseDocument,
    RequestUpload,
    UploadSealed,
)
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.queries import CountDocuments, GetDocument, ListDocuments
from portal_contracts.documents.replies import UploadTicket
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context, Decision, Save, refuse
from portal_runtime.routes import Need, Routes, about, ask, carry_out, on, saving
from portal_runtime.tables import View

# -- uploading -------------------------------------------------------------------------------------


def _request_needs(command: RequestUpload, ctx: Context) -> Iterable[Need]:
    yield from _owner_needs(command.owner)
    if permission := _permission(command, ctx):
        yield TICKETS, permission


def _request(command: RequestUpload, view: View, ctx: Context) -> Decision:
    owner = _owner(command.owner, view)
    if problems := upload.problems_of_request(command, owner, ctx):
        return refuse(*problems)
    permission = _permission(command, ctx)
    form = view.get(TICKETS, permission) if permission else None
    assert permission is not None and form is not None
    document = requested(permission.document_id, command, ctx)
    ticket = like(
        UploadTicket,
        document,
        method=form.method,
        url=form.url,
        fields=form.fields,
        headers=form.headers,
        max_size=MAX_SIZE,
        url_expires_at=form.expires_at,
    )
    decision = saving(DOCUMENTS, upload.request_upload(document, ticket))
    accepted = Save(ACCEPTED, document.document_id, ctx.now)
    return decision._replace(saves=(*decision.saves, accepted))


def _permission(command: RequestUpload, ctx: Context) -> Permission | None:
    times: Times = ctx.settings
    kind = filetypes.by_extension(command.file_name)
    if kind is None:
        return None  # will be refused
    document_id = upload.document_id_of(command, ctx)
    return Permission(document_id, kind.media_type, times.upload_link_lifetime)


def _confirm_then(command: ConfirmUpload, view: View, ctx: Context) -> Iterable[Need]:
    if upload.may_confirm(view.get(DOCUMENTS, command.document_id), ctx):
        yield UPLOADS, command.document_id


def _confirm(command: ConfirmUpload, view: View, ctx: Context) -> Decision:
    document = view.get(DOCUMENTS, command.document_id)
    looked_at = upload.may_confirm(document, ctx)
    content = view.get(UPLOADS, command.document_id) if looked_at else None
    return saving(DOCUMENTS, upload.confirm_upload(command, document, content, ctx))


def _release_needs(command: ReleaseDocument, _: Context) -> Iterable[Need]:
    return (DOCUMENTS, command.document_id), (SEALED, command.document_id)


def _release(command: ReleaseDocument, view: View, ctx: Context) -> Decision:
    document = view.get(DOCUMENTS, command.document_id)
    kept = view.get(SEALED, command.document_id) is True
    return saving(DOCUMENTS, release.release_document(command, document, kept, ctx))


# -- opening ---------------------------------------------------------------------------------------


def _open_then(command: OpenDocument, view: View, ctx: Context) -> Iterable[Need]:
    document = view.get(DOCUMENTS, command.document_id)
    if document is not None:
        yield from _owner_needs(document.owner)
        yield LINKS, _reading(document, ctx)


def _open(command: OpenDocument, view: View, ctx: Context) -> Decision:
    document = view.get(DOCUMENTS, command.document_id)
    owner = _owner(document.owner, view) if document else None
    if problem := access.why_not_open(command, document, owner, ctx):
        return refuse(problem)
    assert document is not None
    link = view.get(LINKS, _reading(document, ctx))
    assert link is not None
    record = access.access(command, owner, ctx)
    return Decision(
        reply=access.download_link(document, owner, link.url, link.expires_at),
        saves=(Save(DOWNLOADS, ctx.message_id, record),),
    )


def _reading(document: Document, ctx: Context) -> Reading:
    times: Times = ctx.settings
    ending = filetypes.extension(document.file_name)
    return Reading(
        document.document_id, ending, document.content_type, times.download_link_lifetime
    )


# -- facts -----------------------------------------------------------------------------------------


def _announced_needs(event: Event, _: Context) -> Iterable[Need]:
    return ((OWNERS[kind], reference) for kind, reference, _ in announced(event))


def _note_owners(event: Event, view: View, _: Context) -> Decision:
    return Decision(
        saves=tuple(
            Save(OWNERS[kind], reference, owner)
            for kind, reference, owner in announced(event)
            if _is_news(owner, view.get(OWNERS[kind], reference))
        )
    )


def _is_news(owner: access.Owner, known: access.Owner | None) -> bool:
    return known is None or known.version < owner.version


# -- shared ----------------------------------------------------------------------------------------


def _owner_needs(owner: DocumentOwner) -> Iterable[Need]:
    yield OWNERS[owner.kind], owner.reference


def _owner(owner: DocumentOwner, view: View) -> access.Owner | None:
    return view.get(OWNERS[owner.kind], owner.reference)


def _needs_document(command: AboutDocument, _: Context) -> Iterable[Need]:
    yield DOCUMENTS, command.document_id


ROUTES = Routes(
    on(RequestUpload, decide=_request, needs=_request_needs, check=checks.announced),
    on(ConfirmUpload, decide=_confirm, needs=_needs_document, then=_confirm_then),
    about(UploadSealed, release.upload_sealed, look=DOCUMENTS, by="document_id"),
    on(ReleaseDocument, decide=_release, needs=_release_needs),
    about(ExpireUpload, release.expire_upload, look=DOCUMENTS, by="document_id"),
    on(OpenDocument, decide=_open, needs=_needs_document, then=_open_then),
    *(on(event, decide=_note_owners, needs=_announced_needs) for event in ANNOUNCED),
    carry_out(SealUpload, adapter=objects.seal, limit=timedelta(minutes=2)),
    carry_out(RemoveUpload, adapter=objects.remove, limit=timedelta(minutes=1)),
    ask(GetDocument, answer=queries.get_document),
    ask(ListDocuments, answer=queries.list_documents),
    ask(CountDocuments, answer=queries.count_documents),
)
