"""Who may see and open a document (DO-03, DO-06)."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime

from documents.domain.state import Document, Times
from portal_contracts.access import Scope
from portal_contracts.base import Model
from portal_contracts.common import Problem
from portal_contracts.documents import problems as p
from portal_contracts.documents.commands import OpenDocument
from portal_contracts.documents.replies import DownloadLink
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context


class Owner(Model):
    """To whom the thing belongs that documents are about. That never changes."""

    version: int
    tin: str | None
    """None where it belongs to nobody: any provider may send something about a member."""
    member_id: str | None = None
    """Whom it is about, where that was announced."""

    def takes_from(self, tin: str | None) -> bool:
        """Whether this Tax ID may attach something; None is the plan, which may everywhere."""
        return tin is None or self.tin is None or self.tin == tin


class Access(Model):
    """One look at a document: who, what, when, why."""

    message_id: UUID
    document_id: str
    member_id: str
    subject: str
    role: str
    purpose: str
    opened_at: AwareDatetime


def is_senders(document: Document, scope: Scope) -> bool:
    """Whether the asker sent it, or may see everybody's."""
    return _has(scope, document.tin)


def may_see(document: Document, owner: Owner | None, scope: Scope) -> bool:
    """The sender and the plan; and what the plan put on something, whoever that belongs to."""
    if is_senders(document, scope):
        return True
    by_plan = document.state == "released" and document.tin == ""
    return by_plan and owner is not None and _has(scope, owner.tin)


def _has(scope: Scope, tin: str | None) -> bool:
    """An empty Tax ID belongs to nobody: it gives access neither to the plan's papers nor to a
    member."""
    return scope.everything or (bool(tin) and tin in scope.tins)


def unknown(document_id: str) -> Problem:
    """One answer for 'does not exist' and 'is not yours': nobody learns which ids exist."""
    return p.DOCUMENT_NOT_FOUND(number=document_id)


def why_not_open(
    command: OpenDocument, document: Document | None, owner: Owner | None, ctx: Context
) -> Problem | None:
    """Why the document cannot be opened; None when it can."""
    if document is None or not may_see(document, owner, ctx.scope):
        return unknown(command.document_id)
    name = document.file_name
    match document.state:
        case "released":
            return None
        case "processing":
            return p.NOT_RELEASED_YET(name=name, when=_from(document.release_at, ctx))
        case "uploading":
            return p.NOT_UPLOADED(name=name, field="document_id")
        case "refused":
            reason = document.problem.message if document.problem else ""
            return p.DOCUMENT_REFUSED(name=name, hint=reason)
        case "expired":
            return p.UPLOAD_EXPIRED(name=name)


def access(command: OpenDocument, owner: Owner | None, ctx: Context) -> Access:
    """The record of this look, for whoever asks about the document."""
    return like(
        Access,
        command,
        message_id=ctx.message_id,
        member_id=member_of(owner) or "",
        subject=ctx.principal.subject,
        role=ctx.principal.role,
        opened_at=ctx.now,
    )


def member_of(owner: Owner | None) -> str | None:
    """Whom a document of this owner is about, where that is known."""
    return owner.member_id if owner is not None else None


def download_link(
    document: Document, owner: Owner | None, url: str, expires_at: datetime
) -> DownloadLink:
    """The link, and what will come from it."""
    member_id = member_of(owner)
    return like(DownloadLink, document, member_id=member_id, url=url, expires_at=expires_at)


def _from(moment: datetime | None, ctx: Context) -> str:
    if moment is None:
        return "when it is released"
    times: Times = ctx.settings
    return f"from {times.calendar.long_moment(moment)} on"
