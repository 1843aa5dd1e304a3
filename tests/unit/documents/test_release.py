"""What time brings: release, expiry, clean-up (DO-03, DO-04, DO-05)."""

from datetime import timedelta

from documents.objects import sealed_key, upload_key
from portal_contracts.common import Refused
from portal_contracts.documents.commands import ExpireUpload, ReleaseDocument
from portal_contracts.documents.events import (
    DocumentExpired,
    DocumentRefused,
    DocumentReleased,
)
from tests.unit.documents.world import NOON, PDF, SELF, TIN, World, digest


def processing(world: World) -> str:
    document_id = world.upload()
    world.confirm(document_id)
    return document_id


def test_a_document_is_released_30_minutes_after_receipt_not_earlier() -> None:
    world = World()
    document_id = processing(world)

    world.wait(minutes=29, seconds=59)
    assert world.document(document_id).state == "processing"
    world.wait(seconds=1)

    (event,) = world.events_of(DocumentReleased)
    assert (event.received_at, event.released_at) == (NOON, NOON + timedelta(minutes=30))
    assert (event.tin, event.sha256, event.size) == (TIN, digest(PDF), len(PDF))
    assert event.version == world.document(document_id).version == 3


def test_the_delay_is_a_setting() -> None:
    world = World(release_delay_seconds=5)
    document_id = processing(world)
    world.wait(seconds=5)
    assert world.document(document_id).state == "released"


def test_a_timer_that_fires_again_releases_nothing_again() -> None:
    world = World()
    document_id = processing(world)
    world.wait(hours=1)
    before = world.document(document_id)

    world.tell(ReleaseDocument(document_id=document_id), SELF)

    assert len(world.events_of(DocumentReleased)) == 1
    assert world.document(document_id) == before


def test_a_timer_that_fires_too_early_is_set_again() -> None:
    world = World()
    document_id = processing(world)
    world.timers.clear()

    world.tell(ReleaseDocument(document_id=document_id), SELF)

    assert world.document(document_id).state == "processing"
    assert world.timers[f"release:{document_id}"].due_at == NOON + timedelta(minutes=30)


def test_a_released_document_lies_where_its_sender_cannot_write() -> None:
    world = World()
    ticket = world.request()
    world.send(ticket)
    world.confirm(ticket.document_id)
    world.wait(hours=1)

    assert world.store.objects == {sealed_key(ticket.document_id): PDF}
    # The link is still good, but what comes by it changes nothing, and is swept.
    world.send(ticket, b"something else")
    assert world.store.objects[sealed_key(ticket.document_id)] == PDF
    world.wait(hours=24)
    assert world.store.objects == {sealed_key(ticket.document_id): PDF}


def test_a_file_that_is_gone_at_release_is_not_released_silently() -> None:
    world = World()
    document_id = processing(world)
    world.store.objects.clear()

    world.wait(hours=1)

    (event,) = world.events_of(DocumentRefused)
    assert event.problem.code == "content_missing"
    assert world.document(document_id).problem is not None


def test_an_upload_that_is_never_sent_expires_after_24_hours() -> None:
    world = World()
    ticket = world.request()
    world.wait(hours=23, minutes=59)
    assert world.document(ticket.document_id).state == "uploading"
    world.wait(minutes=1)

    (event,) = world.events_of(DocumentExpired)
    assert event.expired_at == NOON + timedelta(hours=24)
    reply = world.confirm(ticket.document_id)
    assert isinstance(reply, Refused)
    assert reply.problems[0].code == "upload_expired"


def test_an_upload_that_is_sent_and_never_confirmed_expires_and_its_bytes_go() -> None:
    world = World()
    document_id = world.upload()

    world.wait(hours=24)

    assert world.document(document_id).state == "expired"
    assert world.store.objects == {}


def test_what_arrives_after_the_sweep_is_swept_when_it_is_confirmed() -> None:
    """The store was away; or its clock is behind ours, and the link still good there."""
    world = World()
    expired, released = world.request(), world.request()
    world.send(released)
    world.confirm(released.document_id)
    world.wait(hours=24)
    world.store.objects[upload_key(expired.document_id)] = PDF
    world.store.objects[upload_key(released.document_id)] = b"something else"

    refused, standing = (world.confirm(t.document_id) for t in (expired, released))
    world.drain()

    assert isinstance(refused, Refused)
    assert refused.problems[0].code == "upload_expired"
    assert standing.state == "released"
    assert world.store.objects == {sealed_key(released.document_id): PDF}


def test_the_link_ends_long_before_the_sweep() -> None:
    world = World()
    ticket = world.request()
    world.wait(hours=12)
    assert world.send(ticket) >= 400


def test_an_expiry_that_comes_too_early_is_set_again() -> None:
    world = World()
    ticket = world.request()
    world.timers.clear()

    world.tell(ExpireUpload(document_id=ticket.document_id), SELF)

    assert world.document(ticket.document_id).state == "uploading"
    assert len(world.timers) == 1


def test_a_confirmed_document_does_not_expire() -> None:
    world = World(release_delay_seconds=48 * 3600)
    document_id = processing(world)
    world.wait(hours=25)
    assert world.document(document_id).state == "processing"
    assert list(world.store.objects) == [sealed_key(document_id)]
    world.wait(hours=24)
    assert world.document(document_id).state == "released"


def test_unknown_documents_are_passed_over() -> None:
    world = World()
    for command in (ReleaseDocument, ExpireUpload):
        assert world.tell(command(document_id="DOC-000000000000000"), SELF) is None
    assert world.events == []
