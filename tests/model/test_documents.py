"""Documents from the request for an upload to their end, and the claims that wait for them.

Files arrive before, after or never; timers fire late and twice; the claim hears of the release
through the event, and its records may be named before or after it. Another practice sends records
of the same member, and tries to send some for the claim.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from documents.domain.state import Document, evolve
from documents.objects import sealed_key, upload_key
from portal_contracts.base import Event
from portal_contracts.claims.commands import SubmitRecords
from portal_contracts.common import Contact
from portal_contracts.documents.commands import ConfirmUpload, OpenDocument
from portal_contracts.documents.events import (
    DocumentExpired,
    DocumentReceived,
    DocumentRefused,
    DocumentReleased,
)
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.replies import DownloadLink, UploadTicket
from portal_contracts.ids import make_reference
from portal_contracts.principal import Principal
from portal_runtime.storage.objectstore import UploadForm
from tests.model import money
from tests.model.machine import EFFECT_STEPS, PICK, Machine, looking, one_of
from tests.model.portal import decide_all, work_off
from tests.unit.claims.builders import MEMBER, TIN, claim, line, member, provider
from tests.unit.documents.world import PDF, upload_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OFFICE = Principal(subject="office", role="provider", tins=frozenset({TIN}))
OTHERS = Principal(subject="others", role="provider", tins=frozenset({"987654321"}))
CONTACT = Contact(name="Front Desk", phone="5135550100")
NEEDS_RECORDS = "29881"
DELAY, LIFETIME = timedelta(minutes=30), timedelta(hours=24)
PROGRAM = b"MZ\x90\x00".ljust(len(PDF), b"\x00")
ENDS: tuple[type[Event], ...] = (DocumentReleased, DocumentRefused, DocumentExpired)
ALL: tuple[type[Event], ...] = (DocumentReceived, *ENDS)


class Documents(Machine):
    NOW = NOW
    SERVICES = ("documents", "claims")
    AFTERWARDS = (timedelta(hours=25), timedelta(hours=25))

    @initialize()
    def what_there_is(self) -> None:
        self.portal.announce(member())
        self.portal.announce(provider())
        self.portal.drain()
        answer = self.ask(claim(line(procedure=NEEDS_RECORDS)), OFFICE)
        self.number = answer.claim_number
        self.portal.drain()
        self.asked: list[str] = []
        """Ids that the uploads get, known before they are answered: references are derived."""
        self.senders: dict[str, Principal] = {}
        self.released_at: dict[str, datetime] = {}

    # -- the office ---------------------------------------------------------------------------

    @rule(of_member=st.booleans(), who=st.sampled_from([OFFICE, OFFICE, OTHERS]))
    def request(self, of_member: bool, who: Principal = OFFICE) -> None:
        owner = DocumentOwner(kind="claim", reference=self.number)
        if of_member:
            owner = DocumentOwner(kind="member", reference=MEMBER, service_date=NOW.date())
        copy = self.send(upload_of(owner=owner, tin=min(who.tins)), who)
        name = make_reference("DOC", copy.command.key(), copy.id)
        self.asked.append(name)
        self.senders[name] = who

    @rule(pick=PICK, content=st.sampled_from([PDF, PROGRAM]))
    def upload(self, pick: int, content: bytes) -> None:
        for copy in self.portal.copies[pick:]:
            for ticket in self.portal.answers(copy):
                if isinstance(ticket, UploadTicket):
                    form = UploadForm(
                        ticket.method, ticket.url, ticket.url_expires_at, ticket.fields
                    )
                    self.portal.store.send(form, content)
                    return

    @rule(pick=PICK)
    def confirm(self, pick: int) -> None:
        if self.asked:
            name = one_of(self.asked[::-1], pick)
            self.send(ConfirmUpload(document_id=name), self.senders[name])

    @rule(pick=PICK)
    def open(self, pick: int) -> None:
        if self.asked:
            self.send(OpenDocument(document_id=one_of(self.asked[::-1], pick)), OFFICE)

    @rule(pick=PICK)
    def name_it_for_the_claim(self, pick: int) -> None:
        if self.asked:
            records = (one_of(self.asked[::-1], pick),)
            command = SubmitRecords(
                claim_number=self.number, documents=records, record_type="report", contact=CONTACT
            )
            self.send(command, OFFICE)

    @rule(minutes=st.sampled_from([1, 29, 30, 31, 11 * 60, 25 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.portal.wait(minutes=minutes)

    @rule(minutes=st.sampled_from([29, 31]))
    def a_document_is_sent_and_time_passes(self, minutes: int) -> None:
        """The usual way, so that many histories have a document on its way."""
        self.request(of_member=False)
        self.portal.drain()
        self.upload(len(self.portal.copies) - 1, PDF)
        self.confirm(0)
        self.portal.drain()
        self.portal.wait(minutes=minutes)

    @rule(who=st.sampled_from([OFFICE, OTHERS]))
    def a_document_of_the_member_is_named_and_released(self, who: Principal) -> None:
        self.request(of_member=True, who=who)
        self.portal.drain()
        self.upload(len(self.portal.copies) - 1, PDF)
        self.confirm(0)
        self.name_it_for_the_claim(0)
        self.portal.drain()
        self.portal.wait(minutes=31)

    @rule()
    def a_document_is_named_while_its_release_is_on_the_way(self) -> None:
        """The claim may hear of the release before it is told that the document is for it."""
        self.a_document_is_sent_and_time_passes(31)
        for _ in range(3):
            work_off(self.portal.running["documents"])
        self.name_it_for_the_claim(0)

    @rule(dies_at=st.sampled_from(EFFECT_STEPS), taken_over=st.booleans())
    def killed_while_a_document_is_sealed(self, dies_at: str, taken_over: bool) -> None:
        """Perhaps when another process has begun the same, since the lease had run out."""
        self.request(of_member=False)
        self.portal.drain()
        self.upload(len(self.portal.copies) - 1, PDF)
        self.confirm(0)
        documents = self.portal.running["documents"]
        decide_all(documents)
        documents.claim_effects()
        if taken_over:
            self.portal.wait(seconds=31)
            documents.claim_effects()
        if documents.carrying:
            documents.carry_out(dies_at=dies_at)

    @rule(minutes=st.sampled_from([5, 20]))
    def a_document_is_confirmed_at_the_last_minute(self, minutes: int) -> None:
        """Its upload would expire while it is in quarantine."""
        self.request(of_member=False)
        self.portal.drain()
        self.upload(len(self.portal.copies) - 1, PDF)
        self.portal.wait(hours=23, minutes=45)
        self.confirm(0)
        self.portal.drain()
        self.portal.wait(minutes=minutes)

    # -- what must hold -----------------------------------------------------------------------

    def _documents(self) -> dict[str, Document]:
        rows = self.portal.running["documents"].db.tables["documents"]
        return {k: Document.model_validate_json(row["body"]) for k, row in rows.items()}

    def always(self) -> None:
        money.balances(self.portal)
        accepted = self.portal.running["documents"].db.tables["accepted_uploads"]
        documents = self._documents()
        assert set(accepted) == set(documents), "an upload was granted and is not on file"
        for document in documents.values():
            assert document.owner.kind == "member" or document.tin == TIN, "attached to another's"
        self._the_journal_gives_each_document(documents)
        self._nothing_comes_early()

    def _the_journal_gives_each_document(self, documents: dict[str, Document]) -> None:
        events = self.portal.events("documents", *ALL)
        for name, document in documents.items():
            own = [e for e in events if e.subject() == name]
            assert document.version == len(own) + 1
            assert [e.version for e in own] == list(range(2, len(own) + 2))
            begun = document.model_copy(update=_UNTOUCHED)
            assert reduce(evolve, own, begun) == document

    def _nothing_comes_early(self) -> None:
        for event in self.portal.events("documents", DocumentReleased):
            assert event.released_at >= event.received_at + DELAY, "released early"
        requested = {k: d.requested_at for k, d in self._documents().items()}
        for event in self.portal.events("documents", DocumentExpired):
            assert event.expired_at >= requested[event.document_id] + LIFETIME, "expired early"
        # A link is for a released document only.
        released = {e.document_id for e in self.portal.events("documents", DocumentReleased)}
        for copy in self.portal.copies:
            for answer in self.portal.answers(copy):
                if isinstance(answer, DownloadLink):
                    assert answer.document_id in released

    def at_the_end(self) -> None:
        ends = Counter(e.subject() for e in self.portal.events("documents", *ENDS))
        documents = self._documents()
        assert ends == Counter(dict.fromkeys(documents, 1)), "each document has one end"
        received = {e.document_id for e in self.portal.events("documents", DocumentReceived)}
        expired = {e.document_id for e in self.portal.events("documents", DocumentExpired)}
        assert not received & expired, "what was received never expires"
        for name, document in documents.items():
            assert document.sealed or document.state != "released"
            kept = sealed_key(name) in self.portal.store.objects
            assert kept == (document.state == "released")
            assert upload_key(name) not in self.portal.store.objects
        self._the_claim_has_heard_of_it(documents)

    def _the_claim_has_heard_of_it(self, documents: dict[str, Document]) -> None:
        known = money.claims_of(self.portal)[self.number]
        released = {name for name, d in documents.items() if d.state == "released"}
        own = {n for n in released if documents[n].tin == TIN}
        of_claim = {n for n in own if documents[n].owner.kind == "claim"}
        assert of_claim & set(known.documents) <= set(known.released)
        assert set(known.released) <= own, "what another practice sent serves the claim"
        assert len(known.released) == len(set(known.released)), "heard of twice"
        if known.released:
            assert "252" not in known.carcs(), "denied for records that are there"
        elif not known.documents:
            assert "252" in known.carcs(), "adjudicated again for a record that nobody named"


_UNTOUCHED = {
    **dict.fromkeys(("received_at", "release_at", "settled_at", "problem")),
    "state": "uploading",
    "version": 1,
    "content_type": "",
    "size": 0,
    "sha256": "",
}
TestDocuments: Any = Documents.TestCase
TestDocuments.settings = looking(histories=100, steps=30)
