"""Opening a document: who may, when, and the record of it (DO-03, DO-06)."""

from datetime import timedelta
from typing import Any

from portal_contracts.common import Refused
from portal_contracts.documents.commands import OpenDocument
from portal_contracts.documents.replies import DownloadLink
from portal_contracts.principal import Principal
from tests.unit.documents.world import (
    CLAIM,
    OF_MEMBER,
    PDF,
    PROVIDER,
    STAFF,
    STRANGER,
    World,
    digest,
)


def released(world: World, **changes: Any) -> str:
    document_id = world.upload(**changes)
    world.confirm(document_id, STAFF)
    world.wait(minutes=30)
    return document_id


def open_it(world: World, document_id: str, who: Principal = PROVIDER) -> object:
    return world.tell(OpenDocument(document_id=document_id, purpose="appeal"), who)


def problem(reply: object) -> tuple[str, str]:
    assert isinstance(reply, Refused), reply
    return reply.problems[0].code, reply.problems[0].message


def test_the_sender_and_the_plan_get_a_link_for_five_minutes() -> None:
    world = World()
    document_id = released(world)

    for who in (PROVIDER, STAFF):
        link = open_it(world, document_id, who)
        assert isinstance(link, DownloadLink)
        assert link.expires_at == world.now + timedelta(minutes=5)
        assert (link.sha256, link.content_type) == (digest(PDF), "application/pdf")
        assert world.store.fetch(link.url)[:2] == (200, PDF)
    world.wait(minutes=5)
    assert isinstance(link, DownloadLink)
    assert world.store.fetch(link.url)[0] == 403


def test_the_address_of_the_link_says_nothing_about_anybody() -> None:
    world = World()
    document_id = released(world, file_name="Jane Doe 1970-01-01.pdf")

    link = open_it(world, document_id)

    assert isinstance(link, DownloadLink)
    assert "Doe" not in link.url and CLAIM not in link.url
    assert f"{document_id}.pdf" in link.url
    assert link.file_name == "Jane Doe 1970-01-01.pdf"


def test_every_opening_is_recorded_with_who_what_when_and_why() -> None:
    world = World()
    document_id = released(world, owner=OF_MEMBER)

    open_it(world, document_id)
    open_it(world, document_id, STAFF)
    open_it(world, document_id, STRANGER)

    seen = [(d.subject, d.role, d.document_id, d.member_id, d.purpose) for d in world.downloads]
    assert seen == [
        ("biller", "provider", document_id, "M100-01", "appeal"),
        ("examiner", "plan_staff", document_id, "M100-01", "appeal"),
    ]
    assert {d.opened_at for d in world.downloads} == {world.now}


def test_in_quarantine_nobody_can_open_it_and_everybody_is_told_when() -> None:
    world = World()
    document_id = world.upload()
    world.confirm(document_id)

    for who in (PROVIDER, STAFF):
        code, message = problem(open_it(world, document_id, who))
        assert code == "not_released_yet"
        assert "March 2, 2026, 7:30 AM EST" in message
    assert world.downloads == []


def test_what_never_arrived_was_refused_or_expired_says_so() -> None:
    world = World()
    waiting = world.request().document_id
    bad = world.upload(b"MZ" + b"\x00" * 60)
    world.confirm(bad)

    assert problem(open_it(world, waiting))[0] == "not_uploaded"
    code, message = problem(open_it(world, bad))
    assert code == "document_refused" and "a program" in message
    world.wait(hours=24)
    assert problem(open_it(world, waiting))[0] == "upload_expired"


def test_what_is_not_yours_does_not_exist_for_you() -> None:
    world = World()
    document_id = released(world)

    assert problem(open_it(world, document_id, STRANGER)) == problem(
        open_it(World(), document_id, STRANGER)
    )
