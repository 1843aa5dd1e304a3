"""Sealing: the checked bytes, and no others, lie where their sender cannot write (DO-02, DO-05)."""

from typing import Any

import pytest

from documents.domain.storing import SealUpload
from documents.objects import sealed_key, upload_key
from documents.store import DOCUMENTS
from portal_contracts.documents.commands import ConfirmUpload, UploadSealed
from portal_contracts.documents.events import DocumentRefused, DocumentReleased
from tests.unit.documents.world import NOON, PDF, SELF, STRANGER, World, digest

CHANGED = PDF.replace(b"1.7", b"1.4")


def confirmed(world: World) -> Any:
    """The ticket of a document whose sealing is ordered and not begun."""
    ticket = world.request()
    world.send(ticket)
    assert world.tell(ConfirmUpload(document_id=ticket.document_id)).state == "processing"
    return ticket


def test_it_is_sealed_when_it_is_received_and_the_upload_goes() -> None:
    world = World()
    document_id = confirmed(world).document_id
    assert [effect.key for effect in world.effects] == [document_id]

    world.drain()

    assert world.store.objects == {sealed_key(document_id): PDF}
    document = world.document(document_id)
    assert (document.sealed, document.state, document.version) == (True, "processing", 2)


@pytest.mark.parametrize("content", [CHANGED, CHANGED[:-1], b"MZ\x90\x00", b""])
def test_a_file_replaced_after_the_check_is_refused_at_once(content: bytes) -> None:
    world = World()
    ticket = confirmed(world)
    world.store.objects[upload_key(ticket.document_id)] = content

    world.drain()

    (event,) = world.events_of(DocumentRefused)
    assert event.problem.code == "changed_after_check"
    assert world.store.objects == {}
    world.wait(hours=1)
    assert world.events_of(DocumentReleased) == []


def test_a_file_that_is_gone_before_it_is_sealed_is_refused() -> None:
    world = World()
    confirmed(world)
    world.store.objects.clear()
    world.drain()
    (event,) = world.events_of(DocumentRefused)
    assert event.problem.code == "content_missing"


def test_what_its_sender_uploads_once_it_is_sealed_changes_nothing_and_is_swept() -> None:
    world = World()
    ticket = confirmed(world)
    world.drain()

    world.send(ticket, CHANGED)
    world.wait(hours=1)

    assert world.document(ticket.document_id).state == "released"
    assert world.store.objects[sealed_key(ticket.document_id)] == PDF
    world.wait(hours=24)
    assert world.store.objects == {sealed_key(ticket.document_id): PDF}


def test_a_sealing_that_was_interrupted_after_copying_keeps_its_copy() -> None:
    world = World()
    ticket = confirmed(world)
    world.carry_out(world.effects[0])
    world.send(ticket, CHANGED)

    world.drain()
    world.wait(hours=1)

    assert world.document(ticket.document_id).state == "released"
    assert world.store.objects[sealed_key(ticket.document_id)] == PDF


def test_one_that_is_sealed_late_is_released_then_and_once() -> None:
    """The store was away for longer than the delay."""
    world = World()
    document_id = confirmed(world).document_id
    sealing, world.effects = world.effects, []
    world.wait(hours=25)
    assert world.document(document_id).state == "processing"
    assert world.events_of(DocumentReleased) == []

    world.effects = sealing
    world.drain()

    (event,) = world.events_of(DocumentReleased)
    assert (event.received_at, event.released_at) == (NOON, world.now)
    assert world.store.objects == {sealed_key(document_id): PDF}


def test_an_answer_that_comes_again_or_too_late_changes_nothing() -> None:
    world = World()
    document_id = confirmed(world).document_id
    answer = world.carry_out(world.effects[0])
    assert answer == UploadSealed(document_id=document_id, size=len(PDF), sha256=digest(PDF))
    world.drain()
    for _ in range(2):
        before = world.document(document_id)
        for late in (answer, UploadSealed(document_id=document_id)):
            world.answer(late)
        assert world.document(document_id) == before
        assert world.effects == []
        world.wait(hours=1)
    assert world.tell(UploadSealed(document_id="DOC-000000000000000"), SELF) is None


def test_decided_again_after_a_restore_the_sealed_copy_counts() -> None:
    """The database was put back to before the confirmation; the upload is gone by then (ADR 10)."""
    world = World()
    ticket = world.request()
    before = world.document(ticket.document_id)
    world.send(ticket)
    world.confirm(ticket.document_id)
    world.rows[DOCUMENTS][ticket.document_id] = before

    assert world.confirm(ticket.document_id).state == "processing"

    assert world.document(ticket.document_id).sealed
    assert world.store.objects == {sealed_key(ticket.document_id): PDF}


def test_only_what_is_ones_own_and_waits_for_its_file_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading another practice's 20 MB took half a second, and told that there was something."""
    world = World()
    ticket = world.request()
    world.send(ticket)
    read: list[str] = []
    inspect = world.store.inspect

    async def noted(key: str, **more: Any) -> Any:
        read.append(key)
        return await inspect(key, **more)

    monkeypatch.setattr(world.store, "inspect", noted)
    confirm = ConfirmUpload(document_id=ticket.document_id)
    world.tell(confirm, STRANGER)
    world.tell(ConfirmUpload(document_id="../documents/x"))
    assert read == []
    world.tell(confirm)
    assert read == [upload_key(ticket.document_id)]
    world.tell(confirm)
    assert len(read) == 1, "asking again tells how it stands"
    assert [effect.work for effect in world.effects] == [SealUpload(document_id=ticket.document_id)]
