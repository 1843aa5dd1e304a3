"""A document and what may become of it.

uploading ──confirm──> processing ──sealed, 30 min──> released
    │  └────refused──────> refused <──changed or lost──┘ (instead of released)
    └──24 h──> expired
"""

from datetime import timedelta
from typing import Any, Protocol, TypeVar

from pydantic import AwareDatetime

from portal_contracts.base import Event, Model
from portal_contracts.common import Problem
from portal_contracts.documents.commands import RequestUpload
from portal_contracts.documents.events import (
    DocumentEvent,
    DocumentExpired,
    DocumentReceived,
    DocumentRefused,
    DocumentReleased,
)
from portal_contracts.documents.parts import DocumentOwner, DocumentState
from portal_runtime.domain.copying import like
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.outcome import Outcome

E = TypeVar("E", bound=DocumentEvent)
MAX_SIZE = 100 * 1024 * 1024
SETTLED: frozenset[DocumentState] = frozenset({"released", "refused", "expired"})


class Times(Protocol):
    """How long things take, and whose clock people read; settings of the service."""

    calendar: PlanCalendar
    release_delay: timedelta
    upload_lifetime: timedelta
    upload_link_lifetime: timedelta
    download_link_lifetime: timedelta


class Document(Model):
    """Everything known about one document but its bytes."""

    document_id: str
    version: int = 1
    state: DocumentState = "uploading"
    owner: DocumentOwner
    document_type: str
    file_name: str
    announced_size: int
    announced_sha256: str | None = None
    tin: str = ""
    requested_by: str
    requested_at: AwareDatetime
    expires_at: AwareDatetime
    received_at: AwareDatetime | None = None
    release_at: AwareDatetime | None = None
    settled_at: AwareDatetime | None = None
    content_type: str = ""
    size: int = 0
    sha256: str = ""
    sealed: bool = False
    """Whether the checked bytes lie where nobody outside can write. No event tells of it."""
    problem: Problem | None = None

    @property
    def due_at(self) -> AwareDatetime | None:
        """When time decides what becomes of it: an upload expires, what arrived is released."""
        return {"uploading": self.expires_at, "processing": self.release_at}.get(self.state)

    @property
    def settled(self) -> bool:
        """Nothing will happen to it any more."""
        return self.state in SETTLED


def requested(document_id: str, command: RequestUpload, ctx: Context) -> Document:
    """A document nothing has arrived for yet."""
    times: Times = ctx.settings
    return Document(
        document_id=document_id,
        owner=command.owner,
        document_type=command.document_type,
        file_name=command.file_name,
        announced_size=command.size,
        announced_sha256=command.sha256,
        tin=command.tin or "",
        requested_by=ctx.principal.subject,
        requested_at=ctx.now,
        expires_at=ctx.now + times.upload_lifetime,
    )


def next_event(kind: type[E], document: Document, **values: Any) -> E:
    """What happens to the document next."""
    return like(kind, document, version=document.version + 1, **values)


def happened(document: Document, event: DocumentEvent, **more: Any) -> Outcome[Document]:
    """The event, what else is decided, and the document as they leave it."""
    return Outcome(Decision(events=(event,), **more), evolve(document, event))


def evolve(document: Document, event: Event) -> Document:
    """The document after the event. A transition that cannot be is a bug, and raises."""
    before, change = _change(event)
    if document.state not in before:
        raise ValueError(f"{event.TYPE} cannot happen to a document that is {document.state}")
    return document.model_copy(update={**change, "version": document.version + 1})


def _change(event: Event) -> tuple[frozenset[DocumentState], dict[str, object]]:
    """From which states, and what changes."""
    match event:
        case DocumentReceived():
            return _UPLOADING, {
                "state": "processing",
                "received_at": event.received_at,
                "release_at": event.release_at,
                "content_type": event.content_type,
                "size": event.size,
                "sha256": event.sha256,
            }
        case DocumentReleased():
            return _PROCESSING, {"state": "released", "settled_at": event.released_at}
        case DocumentRefused():
            return _PENDING, {
                "state": "refused",
                "settled_at": event.refused_at,
                "problem": event.problem,
            }
        case DocumentExpired():
            return _UPLOADING, {"state": "expired", "settled_at": event.expired_at}
        case _:
            raise TypeError(f"{event.TYPE} is not about a document here")


_UPLOADING: frozenset[DocumentState] = frozenset({"uploading"})
_PROCESSING: frozenset[DocumentState] = frozenset({"processing"})
_PENDING = _UPLOADING | _PROCESSING
