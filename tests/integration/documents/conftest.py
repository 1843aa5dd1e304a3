"""The documents service on real servers, and a browser that sends files to the object store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import pytest
import urllib3

from documents.main import SERVICE
from documents.settings import DocumentsSettings
from portal_client import PortalClient, Signer
from portal_contracts import topics
from portal_contracts.base import Command, Query
from portal_contracts.common import Role
from portal_contracts.documents.commands import ConfirmUpload, RequestUpload
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.replies import UploadTicket
from portal_contracts.principal import Principal
from portal_contracts.topics import TopicSpec
from portal_runtime.process.running import Running
from portal_runtime.security.keys import make_demo_keys
from tests.support.isolation import Isolation
from tests.support.owners import MEMBER, announcement

TOPICS = (
    TopicSpec("documents.commands", 4),
    TopicSpec("documents.queries", 2),
    TopicSpec("documents.events", 4),
    TopicSpec("documents.dead-letters", 1),
    *(
        TopicSpec(topics.events(service), 2)
        for service in topics.SERVICES
        if service != "documents"
    ),
    TopicSpec(topics.replies("test"), 2),
    TopicSpec(topics.CLOCK_TOPIC, 1),
)
TIN, OTHER_TIN = "123456789", "987654321"
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF"
HTTP = urllib3.PoolManager(retries=False, timeout=10)
OF_MEMBER = DocumentOwner(kind="member", reference=MEMBER)
T = TypeVar("T")


@dataclass
class World:
    """The service's surroundings, and what a biller does."""

    isolation: Isolation
    keys: Path
    client: PortalClient

    def as_(self, role: Role, kid: str, *tins: str) -> PortalClient:
        signer = Signer.from_file(self.keys / f"{kid}.private.pem", kid)
        return self.client.acting_as(
            Principal(subject=kid, role=role, tins=frozenset(tins)), signer
        )

    @property
    def stranger(self) -> PortalClient:
        return self.as_("provider", "demo-provider", OTHER_TIN)

    @property
    def staff(self) -> PortalClient:
        return self.as_("plan_staff", "demo-staff")

    def settings(self, **more: Any) -> DocumentsSettings:
        given: dict[str, Any] = {
            **self.isolation.settings(),
            "principal_keys": str(self.keys),
            "service_key": self.keys / "services.private.pem",
        }
        return DocumentsSettings(**{**given, **more})

    def running(self, **more: Any) -> Running:
        return Running(SERVICE, self.settings(**more))

    async def ask(self, message: Command | Query, **options: Any) -> Any:
        return await self.client.ask(message, **options)

    async def announce(self, owner: DocumentOwner, tin: str = TIN) -> None:
        """Another service says whose this is; wait until documents knows."""
        await self.client.publish(announcement(owner, tin))
        await self.known(owner)

    async def known(self, owner: DocumentOwner) -> None:
        sql = "select 1 from facts where kind = $1 and key = $2"
        await eventually(lambda: self.rows(sql, owner.kind, owner.reference))

    async def request(self, who: PortalClient | None = None, **changes: Any) -> Any:
        fields: dict[str, Any] = {
            "owner": OF_MEMBER,
            "document_type": "medical_record",
            "file_name": "operative report.pdf",
            "content_type": "application/pdf",
            "size": len(PDF),
            "tin": TIN,
        }
        return await (who or self.client).ask(RequestUpload(**{**fields, **changes}))

    async def upload(
        self, content: bytes = PDF, who: PortalClient | None = None, **changes: Any
    ) -> str:
        """Ask and send, as a browser would, for something that is on file."""
        await self.known(changes.get("owner", OF_MEMBER))
        ticket = await self.request(who, size=len(content), **changes)
        assert isinstance(ticket, UploadTicket), ticket
        assert await asyncio.to_thread(send, ticket, content) in (200, 201, 204)
        return ticket.document_id

    async def confirm(
        self, document_id: str, who: PortalClient | None = None, **options: Any
    ) -> Any:
        return await (who or self.client).ask(ConfirmUpload(document_id=document_id), **options)

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        conn = await asyncpg.connect(self.isolation.dsn("documents"))
        try:
            return await conn.fetch(sql, *args)
        finally:
            await conn.close()


def send(ticket: UploadTicket, content: bytes) -> int:
    if ticket.method == "PUT":
        return HTTP.request("PUT", ticket.url, body=content, headers=ticket.headers).status
    form: dict[str, Any] = {**ticket.fields, ticket.file_field: ("upload", content)}
    return HTTP.request("POST", ticket.url, fields=form).status


async def fetch(url: str) -> tuple[int, bytes]:
    response = await asyncio.to_thread(HTTP.request, "GET", url)
    return response.status, response.data


async def eventually(what: Callable[[], Awaitable[T]], *, within: float = 60) -> T:
    """Ask until the answer is true."""
    async with asyncio.timeout(within):
        while not (answer := await what()):
            await asyncio.sleep(0.1)
    return answer


@pytest.fixture
async def world(isolation: Isolation, tmp_path: Path) -> AsyncIterator[World]:
    keys = tmp_path / "keys"
    make_demo_keys(keys)
    await isolation.make_topics(TOPICS)
    await isolation.make_databases(("documents",))
    client = PortalClient(
        isolation.infra.kafka,
        caller="test",
        principal=Principal(subject="biller", role="provider", tins=frozenset({TIN})),
        signer=Signer.from_file(keys / "demo-provider.private.pem", "demo-provider"),
        topic_prefix=isolation.topic_prefix,
    )
    async with client:
        await client.publish(announcement(OF_MEMBER, ""))
        yield World(isolation, keys, client)
