"""Whatever happens in whatever order: lawful ends only, each once, and numbers that add up."""

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from documents.domain.state import SETTLED, Document
from documents.domain.storing import SealUpload
from documents.objects import sealed_key, upload_key
from portal_contracts.documents.commands import (
    ConfirmUpload,
    ExpireUpload,
    OpenDocument,
    ReleaseDocument,
)
from portal_contracts.documents.events import (
    DocumentExpired,
    DocumentReceived,
    DocumentRefused,
    DocumentReleased,
)
from portal_contracts.documents.replies import DownloadLink, UploadTicket
from tests.unit.documents.world import PDF, SELF, World, digest

LAWFUL = {
    (),
    ("received",),
    ("received", "released"),
    ("received", "refused"),
    ("refused",),
    ("expired",),
}
NAMES = {
    DocumentReceived: "received",
    DocumentReleased: "released",
    DocumentRefused: "refused",
    DocumentExpired: "expired",
}
PROGRAM = b"MZ\x90\x00".ljust(len(PDF), b"\x00")
CHANGED = PDF.replace(b"1.7", b"1.4")


class AnyOrder(RuleBasedStateMachine):
    """Uploaders, timers that fire twice or late, messages that overtake each other."""

    tickets = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.settled: dict[str, Document] = {}

    # -- what may happen ----------------------------------------------------------------------

    @rule(target=tickets)
    def ask(self) -> UploadTicket:
        ticket = self.world.request()
        assert isinstance(ticket, UploadTicket)
        return ticket

    @rule(ticket=tickets, content=st.sampled_from([PDF, PDF[:-1], PROGRAM, CHANGED]))
    def send(self, ticket: UploadTicket, content: bytes) -> None:
        self.world.send(ticket, content)

    @rule(ticket=tickets)
    def confirm(self, ticket: UploadTicket) -> None:
        self.world.tell(ConfirmUpload(document_id=ticket.document_id))

    @rule(ticket=tickets, command=st.sampled_from([ReleaseDocument, ExpireUpload]))
    def a_timer_fires_again_or_at_the_wrong_time(
        self, ticket: UploadTicket, command: type[ReleaseDocument | ExpireUpload]
    ) -> None:
        self.world.tell(command(document_id=ticket.document_id), SELF)

    @rule(place=st.integers(0, 9), twice=st.booleans(), told_twice=st.booleans())
    def an_effect_is_carried_out(self, place: int, twice: bool, told_twice: bool) -> None:
        """The first of its document; whoever dies in between does it again."""
        if self.world.effects:
            key = self.world.effects[place % len(self.world.effects)].key
            effect = next(e for e in self.world.effects if e.key == key)
            for _ in range(1 + twice):
                answer = self.world.carry_out(effect)
            self.world.effects.remove(effect)
            for _ in range(1 + told_twice):
                self.world.answer(answer)

    @rule(minutes=st.sampled_from([1, 29, 31, 11 * 60, 13 * 60, 25 * 60]))
    def wait(self, minutes: int) -> None:
        self.world.wait(minutes=minutes)

    @rule(ticket=tickets)
    def open(self, ticket: UploadTicket) -> None:
        link = self.world.tell(OpenDocument(document_id=ticket.document_id))
        if isinstance(link, DownloadLink):
            assert self.world.document(ticket.document_id).state == "released"
            status, content, _ = self.world.store.fetch(link.url)
            assert (status, digest(content)) == (200, link.sha256)

    # -- what must hold -----------------------------------------------------------------------

    @invariant()
    def each_document_has_a_lawful_history(self) -> None:
        for document_id, document in self.world.documents.items():
            events = [e for e in self.world.events if e.subject() == document_id]
            assert tuple(NAMES[type(e)] for e in events) in LAWFUL
            assert [e.version for e in events] == list(range(2, len(events) + 2))  # type: ignore[attr-defined]
            assert document.version == len(events) + 1

    @invariant()
    def nothing_is_released_early(self) -> None:
        for event in self.world.events_of(DocumentReleased):
            assert event.released_at >= event.received_at + timedelta(minutes=30)

    @invariant()
    def an_end_is_an_end(self) -> None:
        for document_id, document in self.world.documents.items():
            if document.state in SETTLED:
                assert self.settled.setdefault(document_id, document) == document

    @invariant()
    def the_numbers_add_up(self) -> None:
        states = Counter(d.state for d in self.world.documents.values())
        assert set(self.world.accepted) == set(self.world.documents)
        assert len(self.world.accepted) == sum(states.values())
        ended = Counter(NAMES[type(e)] for e in self.world.events)
        for state in ("released", "refused", "expired"):
            assert states[state] == ended[state]

    @invariant()
    def what_is_pending_has_a_timer(self) -> None:
        for document_id, document in self.world.documents.items():
            if document.state == "uploading":
                assert f"expire:{document_id}" in self.world.timers
            if document.state == "processing":
                waits = any(
                    effect.work == SealUpload(document_id=document_id)
                    for effect in self.world.effects
                )
                assert waits is not document.sealed
                assert waits or f"release:{document_id}" in self.world.timers

    @invariant()
    def sealed_bytes_are_the_checked_ones(self) -> None:
        for document_id, document in self.world.documents.items():
            if document.sealed:
                assert digest(self.world.store.objects[sealed_key(document_id)]) == document.sha256

    def teardown(self) -> None:
        """Leave it alone for two days: everything has an end, and nothing is left lying about."""
        self.world.drain()
        self.world.wait(hours=25)
        self.world.wait(hours=25)
        documents = self.world.documents.values()
        assert all(document.settled for document in documents)
        for document in documents:
            assert document.sealed or document.state != "released"
            assert upload_key(document.document_id) not in self.world.store.objects
            kept = sealed_key(document.document_id) in self.world.store.objects
            assert kept == (document.state == "released")


AnyOrder.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, derandomize=True
)
TestAnyOrder = AnyOrder.TestCase
