"""A corner of the servers with the tally service's topics, and clients that ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from portal_client import PortalClient, Signer
from portal_contracts import topics
from portal_contracts.principal import Principal
from portal_contracts.topics import TopicSpec
from portal_runtime.process.running import Running
from portal_runtime.security.keys import make_demo_keys
from portal_runtime.settings import RuntimeSettings
from tests.support.isolation import Isolation
from tests.support.tally import SERVICE

TOPICS = (
    TopicSpec("tally.commands", 4),
    TopicSpec("tally.queries", 2),
    TopicSpec("tally.events", 4),
    TopicSpec("tally.dead-letters", 1),
    TopicSpec(topics.replies("test"), 2),
    TopicSpec(topics.CLOCK_TOPIC, 1),
)
PROVIDER = Principal(subject="user-1", role="provider", tins=frozenset({"123456789"}))


@dataclass
class Corner:
    """Where the tally service of one test lives."""

    isolation: Isolation
    keys: Path

    def settings(self, **more: Any) -> dict[str, Any]:
        return {
            **self.isolation.settings(),
            "principal_keys": str(self.keys),
            "service_key": self.keys / "services.private.pem",
            **more,
        }

    def env(self, **more: str) -> dict[str, str]:
        return {
            **self.isolation.env(),
            "PORTAL_PRINCIPAL_KEYS": str(self.keys),
            "PORTAL_SERVICE_KEY": str(self.keys / "services.private.pem"),
            **more,
        }

    def client(self, principal: Principal = PROVIDER, kid: str = "demo-provider") -> PortalClient:
        return PortalClient(
            self.isolation.infra.kafka,
            caller="test",
            principal=principal,
            signer=Signer.from_file(self.keys / f"{kid}.private.pem", kid),
            topic_prefix=self.isolation.topic_prefix,
        )

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        conn = await asyncpg.connect(self.isolation.dsn("tally"))
        try:
            return await conn.fetch(sql, *args)
        finally:
            await conn.close()


@pytest.fixture
async def corner(
    isolation: Isolation, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Corner]:
    keys = tmp_path_factory.getbasetemp() / "keys"
    make_demo_keys(keys)
    await isolation.make_topics(TOPICS)
    await isolation.make_databases(("tally",))
    yield Corner(isolation, keys)


Ask = Callable[..., Awaitable[Any]]


def running(corner: Corner, **more: object) -> Running:
    """The tally service in this process; `more` replaces settings."""
    return Running(SERVICE, RuntimeSettings(**corner.settings(**more)))


def header(name: str, value: bytes) -> list[tuple[str, bytes]]:
    """The headers of a command, one of them as given."""
    base = {
        "ce_id": str(uuid4()).encode(),
        "ce_type": b"tally.add.v1",
        "ce_source": b"test",
        "ce_time": b"2026-11-24T00:00:00+00:00",
    }
    return list({**base, name: value}.items())
