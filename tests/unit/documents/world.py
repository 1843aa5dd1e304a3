"""The documents service without servers: its real routes, a fake object store, a clock to move.

The claim and the member that most tests send documents for are on file; other things are announced
by the tests themselves.
"""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from documents.domain.state import Document
from documents.routes import ROUTES
from documents.settings import DocumentsSettings
from documents.store import ACCEPTED, DOCUMENTS, DOWNLOADS
from portal_contracts.access import scope_of
from portal_contracts.base import Command, Event, Message, Reply
from portal_contracts.documents.commands import ConfirmUpload, RequestUpload
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.replies import UploadTicket
from portal_contracts.principal import Principal
from portal_runtime.domain.decision import Context, Decision, SetTimer
from portal_runtime.domain.work import Effect
from portal_runtime.routes import Surroundings
from portal_runtime.storage.fake_objectstore import FakeObjectStore
from portal_runtime.storage.objectstore import UploadForm
from portal_runtime.tables import IO, States, Table, View
from tests.support.owners import MEMBER, announcement, number

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF"
CLAIM = number("CLM")
OF_CLAIM = DocumentOwner(kind="claim", reference=CLAIM)
OF_MEMBER = DocumentOwner(kind="member", reference=MEMBER)
TIN, OTHER_TIN = "123456789", "987654321"
PROVIDER = Principal(subject="biller", role="provider", tins=frozenset({TIN}))
STRANGER = Principal(subject="stranger", role="provider", tins=frozenset({OTHER_TIN}))
STAFF = Principal(subject="examiner", role="plan_staff")
SELF = Principal(subject="service:documents", role="service")
_LOOP = asyncio.new_event_loop()


class World:
    """What the runtime does for one message at a time, in memory."""

    def __init__(self, **settings: Any) -> None:
        self.now = NOON
        self.settings = DocumentsSettings(**settings)
        self.store = FakeObjectStore(now=lambda: self.now)
        self.rows: dict[Table[Any, Any], dict[Any, Any]] = defaultdict(dict)
        self.timers: dict[str, SetTimer] = {}
        self.effects: list[Effect] = []
        self.events: list[Event] = []
        for owner in (OF_CLAIM, OF_MEMBER):
            self.announce(owner, TIN)

    # -- messages -----------------------------------------------------------------------------

    def tell(self, message: Message, who: Principal = PROVIDER, id: UUID | None = None) -> Any:
        """Decide one message as the runtime would; the reply."""
        route = ROUTES.deciding[message.TYPE]
        assert message.KIND == "event" or who.role in route.grants
        ctx = Context(
            self.now,
            id or uuid4(),
            who,
            "correlation",
            self.now,
            self.settings,
            scope=scope_of(who, route.grants),
        )
        view = View()
        self._load(view, route.needs(message, ctx))
        if route.then is not None:
            self._load(view, route.then(message, view, ctx))
        return self._apply(route.decide(message, view, ctx))

    def _load(self, view: View, needs: Any) -> None:
        for table, key in needs:
            kept = isinstance(table, States) or type(table).__name__ == "Facts"
            found = self.rows[table] if kept else self._look(table, key)
            view.loaded(table, [key], found)

    def _look(self, table: Table[Any, Any], key: Any) -> dict[Any, Any]:
        return _LOOP.run_until_complete(table.load(IO(None, self.store), [key]))

    def _apply(self, decision: Decision) -> Reply | None:
        for save in decision.saves:
            self.rows[save.table][save.key] = save.value
        for timer in decision.set_timers:
            self.timers[timer.key] = timer
        self.events += decision.events
        assert not decision.commands
        self.effects += decision.effects
        return decision.reply

    def announce(self, owner: DocumentOwner, tin: str) -> None:
        """Another service says that this is on file, and whose it is."""
        self.tell(announcement(owner, tin), SELF)

    def drain(self) -> None:
        """Carry out what was ordered, in its order."""
        while self.effects:
            self.answer(self.carry_out(self.effects.pop(0)))

    def carry_out(self, effect: Effect) -> Command | None:
        """Do it once; its answer is not decided yet."""
        route = ROUTES.carrying[effect.work.KIND]
        around = Surroundings(self.store, self.settings, self.now)
        return _LOOP.run_until_complete(route.adapter(effect.work, around))

    def answer(self, command: Command | None) -> None:
        if command is not None:
            self.tell(command, SELF)

    def wait(self, **time: float) -> None:
        """Let time pass; what is due happens."""
        until = self.now + timedelta(**time)
        while due := [t for t in self.timers.values() if t.due_at <= until]:
            timer = min(due, key=lambda t: t.due_at)
            del self.timers[timer.key]
            self.now = max(self.now, timer.due_at)
            self.tell(timer.command, SELF)
            self.drain()
        self.now = until

    # -- what a biller does -------------------------------------------------------------------

    def request(self, who: Principal = PROVIDER, **changes: Any) -> Any:
        return self.tell(upload_of(**changes), who)

    def send(self, ticket: UploadTicket, content: bytes = PDF) -> int:
        return self.store.send(
            UploadForm(ticket.method, ticket.url, ticket.url_expires_at, ticket.fields),
            content,
        )

    def upload(self, content: bytes = PDF, **changes: Any) -> str:
        """Ask, send, and return the document id."""
        ticket = self.request(**{"size": len(content), **changes})
        self.send(ticket, content)
        return str(ticket.document_id)

    def confirm(self, document_id: str, who: Principal = PROVIDER) -> Any:
        reply = self.tell(ConfirmUpload(document_id=document_id), who)
        self.drain()
        return reply

    # -- what there is ------------------------------------------------------------------------

    def document(self, document_id: str) -> Document:
        found = self.rows[DOCUMENTS][document_id]
        assert isinstance(found, Document)
        return found

    @property
    def documents(self) -> dict[str, Document]:
        return self.rows[DOCUMENTS]

    @property
    def accepted(self) -> dict[str, datetime]:
        return self.rows[ACCEPTED]

    @property
    def downloads(self) -> list[Any]:
        return list(self.rows[DOWNLOADS].values())

    def events_of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def upload_of(**changes: Any) -> RequestUpload:
    """A request that is right, but for the changes."""
    fields: dict[str, Any] = {
        "owner": OF_CLAIM,
        "document_type": "medical_record",
        "file_name": "operative report.pdf",
        "content_type": "application/pdf",
        "size": len(PDF),
        "tin": TIN,
    }
    return RequestUpload(**{**fields, **changes})


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()
