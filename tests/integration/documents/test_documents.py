"""Documents on real Kafka, PostgreSQL and an object store: from the upload to the recorded look."""

from __future__ import annotations

from typing import Any

from portal_contracts.common import Refused
from portal_contracts.documents.commands import OpenDocument
from portal_contracts.documents.events import DocumentReceived, DocumentReleased
from portal_contracts.documents.queries import CountDocuments, GetDocument, ListDocuments
from portal_contracts.documents.replies import (
    DocumentCounts,
    DocumentDetails,
    DocumentList,
    DownloadLink,
)
from tests.integration.documents.conftest import PDF, World, eventually, fetch


async def test_a_document_from_its_upload_to_the_recorded_look(world: World) -> None:
    async with world.running(release_delay_seconds=2), world.client.events("documents") as events:
        document_id = await world.upload()
        received = await world.confirm(document_id)
        assert received.state == "processing"

        early = await world.ask(OpenDocument(document_id=document_id))
        assert isinstance(early, Refused)
        assert early.problems[0].code == "not_released_yet"

        first, second = (await anext(events)).message, (await anext(events)).message
        assert isinstance(first, DocumentReceived)
        assert isinstance(second, DocumentReleased)
        assert second.released_at >= received.release_at

        link = await world.ask(OpenDocument(document_id=document_id, purpose="claim"))
        assert isinstance(link, DownloadLink)
        assert await fetch(link.url) == (200, PDF)
        looks = await world.rows("select subject, role, member_id, purpose from downloads")
        assert [tuple(r) for r in looks] == [("biller", "provider", "M100-01", "claim")]
        chained = await world.rows("select subject, purpose, position from access_log")
        assert [tuple(r) for r in chained] == [("biller", "open document: claim", 1)]


async def test_the_lists_show_where_each_document_stands_and_only_ones_own(world: World) -> None:
    async with world.running(release_delay_seconds=3600):
        asked = [await world.upload(file_name=f"{n}.pdf") for n in range(3)]
        good, bad, waiting = asked
        await world.confirm(good)
        refused_id = await world.upload(b"MZ" + b"\0" * 40, file_name="records.pdf")
        assert (await world.confirm(refused_id)).state == "refused"

        mine = await world.ask(ListDocuments(owner_kind="member", owner_reference="M100-01"))
        assert isinstance(mine, DocumentList)
        states = {d.document_id: d.state for d in mine.documents}
        assert states == {
            good: "processing",
            bad: "uploading",
            waiting: "uploading",
            refused_id: "refused",
        }
        refused = next(d for d in mine.documents if d.document_id == refused_id)
        assert refused.problem is not None
        assert "a program" in refused.problem.message

        pages: list[str] = []
        after = None
        while True:
            page = await world.ask(ListDocuments(limit=3, after=after))
            pages += [d.document_id for d in page.documents]
            if (after := page.next) is None:
                break
        assert pages == [refused_id, waiting, bad, good], "newest first, each once"

        one = await world.ask(GetDocument(document_id=good))
        assert isinstance(one, DocumentDetails)
        assert one.document.release_at is not None
        assert one.document.member_id == "M100-01"
        assert (await world.stranger.ask(ListDocuments())).documents == ()  # type: ignore[attr-defined]
        theirs = await world.stranger.ask(GetDocument(document_id=good))
        assert isinstance(theirs, Refused)
        seen = await world.rows("select distinct subject, member_id from access_log")
        assert [tuple(r) for r in seen] == [("biller", "M100-01")]

        assert await counts(world) == (4, 2, 1, 0, 1, 0, True)


async def counts(world: World) -> tuple[Any, ...]:
    c = await world.staff.ask(CountDocuments())
    assert isinstance(c, DocumentCounts)
    return (
        c.accepted,
        c.uploading,
        c.processing,
        c.released,
        c.refused,
        c.expired,
        c.balanced,
    )


async def test_a_lost_row_is_noticed_by_the_count(world: World) -> None:
    async with world.running():
        document_id = await world.upload()
        assert (await counts(world))[-1] is True
        await world.rows("delete from documents where document_id = $1", document_id)
        assert (await counts(world))[-1] is False


async def test_an_unfinished_upload_expires_and_its_bytes_go(world: World) -> None:
    async with world.running(upload_lifetime_seconds=2) as service:
        document_id = await world.upload()

        async def gone() -> bool:
            return not await service.resources.keys("quarantine/")

        await eventually(gone)
        found = await world.ask(GetDocument(document_id=document_id))
        assert found.document.state == "expired"
        assert isinstance(await world.confirm(document_id), Refused)
