"""Asking for an upload and confirming it (DO-01, DO-02)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from documents.routes import ROUTES
from documents.store import DOCUMENTS
from portal_contracts.common import Refused
from portal_contracts.documents.commands import ConfirmUpload, RequestUpload
from portal_contracts.documents.events import DocumentReceived, DocumentRefused
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.replies import UploadReceived, UploadTicket
from portal_contracts.ids import bucket_of_reference, is_reference
from portal_contracts.partial import partial
from portal_runtime.domain.decision import Context
from portal_runtime.tables import View
from tests.unit.documents.world import (
    CLAIM,
    NOON,
    OF_MEMBER,
    OTHER_TIN,
    PDF,
    STAFF,
    STRANGER,
    World,
    digest,
    upload_of,
)

MB = 1024 * 1024


def code(reply: object) -> str:
    assert isinstance(reply, Refused), reply
    return reply.problems[0].code


def sentence(reply: object) -> str:
    assert isinstance(reply, Refused), reply
    return reply.problems[0].message


def test_a_ticket_says_where_to_send_the_file_and_until_when() -> None:
    world = World()

    ticket = world.request()

    assert isinstance(ticket, UploadTicket)
    assert is_reference("DOC", ticket.document_id)
    assert ticket.method == "POST"
    assert ticket.fields["key"] == f"quarantine/{ticket.document_id}"
    assert ticket.max_size == 100 * MB
    assert ticket.url_expires_at == NOON + timedelta(hours=12)
    assert ticket.expires_at == NOON + timedelta(hours=24)
    assert world.document(ticket.document_id).state == "uploading"


def test_a_document_is_routed_with_its_owner() -> None:
    world = World()
    command = upload_of()
    assert bucket_of_reference(world.tell(command).document_id) == command.key()
    member = upload_of(owner=OF_MEMBER)
    ticket = world.tell(member)
    assert ConfirmUpload(document_id=ticket.document_id).key() == member.key()


def test_the_same_request_makes_the_same_document() -> None:
    world, mid = World(), uuid4()
    assert world.tell(upload_of(), id=mid) == world.tell(upload_of(), id=mid)
    assert len(world.documents) == 1


def test_every_problem_of_a_request_is_listed_at_once() -> None:
    reply = World().request(
        owner=DocumentOwner(kind="claim", reference=CLAIM[:-1] + "*"),
        file_name="records.exe",
        size=0,
        tin=OTHER_TIN,
    )

    assert isinstance(reply, Refused)
    assert [p.code for p in reply.problems] == [
        "not_your_tax_id",
        "owner_number_mistyped",
        "type_not_allowed",
        "empty_file",
    ]


def test_what_can_be_read_of_a_misshapen_request_is_checked_too() -> None:
    check = ROUTES.deciding[RequestUpload.TYPE].check
    assert check is not None
    parts = partial(RequestUpload, {"file_name": "records.exe", "size": 10**9, "owner": {}})

    assert [p.code for p in check(parts, NOON.date(), None)] == [
        "type_not_allowed",
        "file_too_large",
    ]


def test_more_than_100_mb_is_refused_with_the_name_and_the_way_out() -> None:
    assert isinstance(World().request(size=100 * MB), UploadTicket)
    reply = World().request(size=100 * MB + 1)
    assert code(reply) == "file_too_large"
    assert '"operative report.pdf"' in sentence(reply)
    assert "Split it" in sentence(reply)


def test_a_type_that_does_not_fit_the_name_is_refused_with_both_named() -> None:
    reply = World().request(file_name="scan.pdf", content_type="image/png")
    assert code(reply) == "type_mismatch"
    assert ".pdf" in sentence(reply) and "PNG" in sentence(reply)


def test_a_browser_that_does_not_know_the_type_is_no_problem() -> None:
    assert isinstance(World().request(content_type="application/octet-stream"), UploadTicket)


def test_only_plan_staff_may_leave_out_the_tax_id() -> None:
    assert code(World().request(tin=None)) == "tax_id_missing"
    assert isinstance(World().request(tin=None, who=STAFF), UploadTicket)


def test_what_is_right_goes_into_quarantine_and_says_when_it_leaves() -> None:
    world = World()
    document_id = world.upload()
    world.now += timedelta(minutes=5)

    reply = world.confirm(document_id)

    release_at = NOON + timedelta(minutes=35)
    assert isinstance(reply, UploadReceived)
    assert (reply.state, reply.release_at) == ("processing", release_at)
    (event,) = world.events_of(DocumentReceived)
    assert (event.sha256, event.size) == (digest(PDF), len(PDF))
    assert event.content_type == "application/pdf"
    assert world.timers[f"release:{document_id}"].due_at == release_at


def test_confirming_again_tells_how_it_stands_and_changes_nothing() -> None:
    world = World()
    document_id = world.upload()
    first = world.confirm(document_id)
    world.now += timedelta(minutes=1)

    assert world.confirm(document_id) == first
    assert len(world.events) == 1
    world.wait(hours=1)
    assert world.confirm(document_id).state == "released"


def test_confirming_too_early_is_no_end() -> None:
    world = World()
    ticket = world.request()

    assert code(world.confirm(ticket.document_id)) == "not_uploaded"
    world.send(ticket)
    assert world.confirm(ticket.document_id).state == "processing"


def test_a_file_that_was_cut_off_may_be_sent_again() -> None:
    world = World()
    ticket = world.request()
    world.send(ticket, PDF[:20])

    reply = world.confirm(ticket.document_id)
    assert code(reply) == "size_differs"
    assert "20 bytes arrived" in sentence(reply)
    world.send(ticket)
    assert world.confirm(ticket.document_id).state == "processing"


def test_a_file_that_changed_on_its_way_may_be_sent_again() -> None:
    world = World()
    ticket = world.request(sha256=digest(PDF))
    world.send(ticket, PDF.replace(b"1.7", b"1.4"))

    assert code(world.confirm(ticket.document_id)) == "sha256_differs"
    world.send(ticket)
    assert world.confirm(ticket.document_id).state == "processing"


@pytest.mark.parametrize(
    ("content", "reason", "words"),
    [
        (PDF.replace(b"/Root", b"/Encrypt 9 0 R /Root"), "password_protected", "password"),
        (b"MZ\x90\x00" + b"\x00" * 60, "type_not_allowed", "a program"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "type_mismatch", "it is PNG"),
    ],
)
def test_what_is_not_right_is_refused_for_good_and_deleted(
    content: bytes, reason: str, words: str
) -> None:
    world = World()
    document_id = world.upload(content)

    reply = world.confirm(document_id)

    assert isinstance(reply, UploadReceived)
    assert reply.state == "refused"
    assert reply.problem is not None
    assert reply.problem.code == reason
    assert words in reply.problem.message
    assert '"operative report.pdf"' in reply.problem.message
    (event,) = world.events_of(DocumentRefused)
    assert (event.problem, event.problem.code) == (reply.problem, reason)
    assert world.store.objects == {}
    assert world.confirm(document_id) == reply


def test_a_file_above_the_limit_is_refused_where_the_store_could_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("objects", "domain.checks"):
        monkeypatch.setattr(f"documents.{module}.MAX_SIZE", 50)
    world = World()
    world.store.forms = False
    document_id = world.upload(PDF, size=40)

    assert world.confirm(document_id).problem.code == "file_too_large"


def test_a_document_of_somebody_else_is_not_even_known() -> None:
    world = World()
    document_id = world.upload()

    assert code(world.confirm(document_id, STRANGER)) == "document_not_found"
    assert code(world.confirm("DOC-000000000000000", STRANGER)) == "document_not_found"
    assert world.document(document_id).state == "uploading"


@pytest.mark.parametrize("name", ["../documents/DOC-1", "..", "x/y", "*", "", "DOC-0000"])
def test_the_store_is_not_asked_for_what_can_be_no_document(name: str) -> None:
    """It refuses such a key, and that was taken for a fault of ours: the message was parked."""
    command, route = ConfirmUpload(document_id=name), ROUTES.deciding[ConfirmUpload.TYPE]
    context = Context(NOON, uuid4(), STAFF, "", NOON)
    needs = list(route.needs(command, context))
    assert needs == [(DOCUMENTS, name)]
    view = View()
    view.loaded(DOCUMENTS, [name], {})
    assert route.then is not None
    assert list(route.then(command, view, context)) == []
    assert code(route.decide(command, view, context).reply) == "document_not_found"
