"""Table of contents of the documents service: message type -> needs, who decides."""

from collections.abc import Iterable
from datetime import timedelta
from functools import reduce

from documents import objects, queries
from documents.domain import access, checks, filetypes, release, upload
from documents.domain.state import MAX_SIZE, Document, Times, evolve, requested
from documents.domain.storing import RemoveUpload, SealUpload
from documents.facts import ANNOUNCED, OWNERS, announced
from documents.objects import LINKS, SEALED, TICKETS, UPLOADS, Permission, Reading
from documents.store import ACCEPTED, DOCUMENTS, DOWNLOADS
from portal_contracts.base import Event
from portal_contracts.documents.commands import (
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
from portal_runtime.domain.decision import NOTHING, Context, Decision, Save, refuse
from portal_runtime.routes import Need, Routes, ask, carry_out, on
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
    ticket = UploadTicket(
        document_id=document.document_id,
        method=form.method,
        url=form.url,
        fields=form.fields,
        headers=form.headers,
        max_size=MAX_SIZE,
        url_expires_at=form.expires_at,
        expires_at=document.expires_at,
    )
    saves = (
        Save(DOCUMENTS, document.document_id, document),
        Save(ACCEPTED, document.document_id, ctx.now),
    )
    return upload.request_upload(document, ticket)._replace(saves=saves)


def _permission(command: RequestUpload, ctx: Context) -> Permission | None:
    times: Times = ctx.settings
    kind = filetypes.by_extension(command.file_name)
    if kind is None:
        return None  # will be refused
    document_id = upload.document_id_of(command, ctx)
    return Permission(document_id, kind.media_type, times.upload_link_lifetime)


def _confirm_needs(command: ConfirmUpload, _: Context) -> Iterable[Need]:
    return ((DOCUMENTS, command.document_id),)


def _confirm_then(command: ConfirmUpload, view: View, ctx: Context) -> Iterable[Need]:
    if upload.may_confirm(view.get(DOCUMENTS, command.document_id), ctx):
        yield UPLOADS, command.document_id


def _confirm(command: ConfirmUpload, view: View, ctx: Context) -> Decision:
    document = view.get(DOCUMENTS, command.document_id)
    looked_at = upload.may_confirm(document, ctx)
    content = view.get(UPLOADS, command.document_id) if looked_at else None
    return _saved(document, upload.confirm_upload(command, document, content, ctx))


def _sealed_needs(command: UploadSealed, _: Context) -> Iterable[Need]:
    return ((DOCUMENTS, command.document_id),)


def _sealed(command: UploadSealed, view: View, ctx: Context) -> Decision:
    document = view.get(DOCUMENTS, command.document_id)
    if document is None or not release.waits_for_sealing(document):
        return NOTHING
    return _saving(*release.upload_sealed(command, document, ctx))


# -- what time brings ------------------------------------------------------------------------------


def _release_needs(command: ReleaseDocument, _: Context) -> Iterable[Need]:
    return (DOCUMENTS, command.document_id), (SEALED, command.document_id)


def _release(command: ReleaseDocument, view: View, ctx: Context) -> Decision:
    document = view.get(DOCUMENTS, command.document_id)
    kept = view.get(SEALED, command.document_id) is True
    return _saved(document, release.release_document(command, document, kept, ctx))


def _expire_needs(command: ExpireUpload, _: Context) -> Iterable[Need]:
    return ((DOCUMENTS, command.document_id),)


def _expire(command: ExpireUpload, view: View, ctx: Context) -> Decision:
    document = view.get(DOCUMENTS, command.document_id)
    return _saved(document, release.expire_upload(command, document, ctx))


# -- opening ---------------------------------------------------------------------------------------


def _open_needs(command: OpenDocument, _: Context) -> Iterable[Need]:
    return ((DOCUMENTS, command.document_id),)


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
    record = access.access(command, document, owner, ctx)
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


def _saved(document: Document | None, decision: Decision) -> Decision:
    """The document's row, where anything has happened to it."""
    return decision if document is None or not decision.events else _saving(document, decision)


def _saving(document: Document, decision: Decision) -> Decision:
    """The row is what the events make of it."""
    after = reduce(evolve, decision.events, document)
    return decision._replace(saves=(Save(DOCUMENTS, after.document_id, after),))


ROUTES = Routes(
    on(RequestUpload, decide=_request, needs=_request_needs, check=checks.readable),
    on(ConfirmUpload, decide=_confirm, needs=_confirm_needs, then=_confirm_then),
    on(UploadSealed, decide=_sealed, needs=_sealed_needs),
    on(ReleaseDocument, decide=_release, needs=_release_needs),
    on(ExpireUpload, decide=_expire, needs=_expire_needs),
    on(OpenDocument, decide=_open, needs=_open_needs, then=_open_then),
    *(on(event, decide=_note_owners, needs=_announced_needs) for event in ANNOUNCED),
    carry_out(SealUpload, adapter=objects.seal, limit=timedelta(minutes=2)),
    carry_out(RemoveUpload, adapter=objects.remove, limit=timedelta(minutes=1)),
    ask(GetDocument, answer=queries.get_document),
    ask(ListDocuments, answer=queries.list_documents),
    ask(CountDocuments, answer=queries.count_documents),
)
