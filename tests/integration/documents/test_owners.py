"""Whose the things are that documents belong to: announced over Kafka, decided with, listed by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from documents import queries
from portal_client import PortalClient
from portal_contracts.access import Scope
from portal_contracts.common import Refused
from portal_contracts.documents.commands import OpenDocument
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.queries import GetDocument, ListDocuments
from portal_contracts.documents.replies import DocumentList, DownloadLink, UploadTicket
from portal_contracts.principal import Principal
from portal_runtime.routes import QueryContext
from tests.integration.documents.conftest import OTHER_TIN, PDF, TIN, World, eventually, fetch
from tests.support.owners import MEMBER, OWNERS, number

HELD = [owner for owner in OWNERS if owner.kind != "member"]


def problems(reply: Any) -> list[tuple[str, str, str | None]]:
    assert isinstance(reply, Refused), reply
    return [(p.code, p.message, p.field) for p in reply.problems]


async def test_documents_are_taken_for_what_is_ones_own_whatever_its_kind(world: World) -> None:
    async with world.running():
        for owner in HELD:
            nowhere = await world.request(owner=owner)
            await world.announce(owner, OTHER_TIN)
            theirs = owner.model_copy(
                update={"reference": number(owner.reference.split("-")[0], 2)}
            )

            assert problems(nowhere)[0][0] == "owner_not_found"
            for asked in (owner, theirs):
                assert problems(await world.request(owner=asked)) == problems(nowhere)
            own = await world.request(world.stranger, owner=owner, tin=OTHER_TIN)
            assert isinstance(own, UploadTicket), owner.kind
        kept = await world.rows("select owner_kind, tin from documents")
        assert {tuple(row) for row in kept} == {(owner.kind, OTHER_TIN) for owner in HELD}


@pytest.mark.parametrize("kind", ["authorization", "dispute"])
async def test_from_the_upload_to_the_look_only_its_own_tax_id_and_the_plan_see_it(
    world: World, kind: str
) -> None:
    (owner,) = (owner for owner in OWNERS if owner.kind == kind)
    staff, stranger = world.staff, world.stranger
    async with world.running(release_delay_seconds=1):
        await world.announce(owner)
        sent = await world.upload(owner=owner)
        plans = await world.upload(who=staff, owner=owner, tin=None)
        assert isinstance(await world.confirm(sent, stranger), Refused)
        for document_id, who in ((sent, world.client), (plans, staff)):
            assert (await world.confirm(document_id, who)).state == "processing"
        assert await listed(world.client, owner) == {sent}, "the plan's is in quarantine"
        sql = "select count(*) from documents where state = 'released'"
        await eventually(lambda: has(world, sql, 2))

        assert await listed(world.client, owner) == await listed(staff, owner) == {sent, plans}
        assert await listed(world.client) == {sent, plans}
        assert await listed(stranger, owner) == await listed(stranger) == set()
        for document_id in (sent, plans):
            link = await world.ask(OpenDocument(document_id=document_id))
            assert isinstance(link, DownloadLink)
            assert link.member_id == MEMBER
            assert await fetch(link.url) == (200, PDF)
            for question in (
                GetDocument(document_id=document_id),
                OpenDocument(document_id=document_id),
            ):
                assert problems(await stranger.ask(question))[0][0] == "document_not_found"
        looks = await world.rows("select distinct member_id from access_log")
        assert [tuple(row) for row in looks] == [(MEMBER,)]


async def test_no_list_matches_the_empty_tax_id(world: World) -> None:
    """The plan's papers have no sender, and a member belongs to nobody: neither is one's own."""
    async with world.running(release_delay_seconds=0):
        for owner in OWNERS:
            await world.announce(owner)
            document_id = await world.upload(who=world.staff, owner=owner, tin=None)
            await world.confirm(document_id, world.staff)
        sql = "select count(*) from documents where state = 'released'"
        await eventually(lambda: has(world, sql, len(OWNERS)))
        await world.rows(
            """update facts set body = convert_to(
                   jsonb_set(convert_from(body, 'UTF8')::jsonb, '{tin}', '""')::text, 'UTF8')
               where kind = 'dispute'"""
        )
        for tins, expected in (({TIN}, len(HELD) - 1), ({""}, 0), (set(), 0), ({OTHER_TIN}, 0)):
            assert await told(world, frozenset(tins)) == expected, tins


async def told(world: World, tins: frozenset[str]) -> int:
    """How many are listed to a provider with these Tax IDs, ill-formed ones too."""
    who = Principal(subject="x", role="provider")
    conn = await asyncpg.connect(world.isolation.dsn("documents"))
    try:
        context = QueryContext(
            conn, datetime.now(UTC), who, world.settings(), None, Scope(False, tins)
        )
        reply = await queries.list_documents(ListDocuments(), context)
    finally:
        await conn.close()
    assert isinstance(reply, DocumentList)
    return len(reply.documents)


async def listed(who: PortalClient, owner: DocumentOwner | None = None) -> set[str]:
    chosen = {"owner_kind": owner.kind, "owner_reference": owner.reference} if owner else {}
    reply = await who.ask(ListDocuments.model_validate(chosen))
    assert isinstance(reply, DocumentList)
    return {document.document_id for document in reply.documents}


async def has(world: World, sql: str, count: int) -> bool:
    (row,) = await world.rows(sql)
    return bool(row[0] == count)
