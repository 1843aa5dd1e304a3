"""The providers service on real servers, and the people who talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from portal_client import PortalClient, Signer
from portal_contracts import topics
from portal_contracts.common import Role
from portal_contracts.principal import Principal
from portal_contracts.topics import TopicSpec
from portal_runtime.clock import move_clock
from portal_runtime.process.running import Running
from portal_runtime.security.keys import make_demo_keys
from providers.main import SERVICE
from providers.settings import ProvidersSettings
from tests.support.isolation import Isolation

TOPICS = (
    TopicSpec("providers.commands", 4),
    TopicSpec("providers.queries", 2),
    TopicSpec("providers.events", 4),
    TopicSpec("providers.dead-letters", 1),
    TopicSpec(topics.replies("test"), 2),
    TopicSpec(topics.CLOCK_TOPIC, 1),
)
TIN, OTHER_TIN = "111222333", "111222444"


@dataclass
class World:
    """The running service, seen by a provider, the plan's staff and its feed."""

    isolation: Isolation
    keys: Path
    provider: PortalClient

    def as_(self, role: Role, kid: str, tins: tuple[str, ...] = ()) -> PortalClient:
        principal = Principal(subject=kid, role=role, tins=frozenset(tins))
        signer = Signer.from_file(self.keys / f"{kid}.private.pem", kid)
        return self.provider.acting_as(principal, signer)

    @property
    def staff(self) -> PortalClient:
        return self.as_("plan_staff", "demo-staff")

    @property
    def feed(self) -> PortalClient:
        return self.as_("plan_feed", "demo-feed")

    async def move(self, days: float) -> None:
        infra, prefix = self.isolation.infra, self.isolation.topic_prefix
        await move_clock(infra.kafka, prefix, timedelta(days=days))

    async def journal(self, type_: str) -> list[asyncpg.Record]:
        conn = await asyncpg.connect(self.isolation.dsn("providers"))
        try:
            return await conn.fetch("select * from journal where type = $1", type_)
        finally:
            await conn.close()


@pytest.fixture
async def world(isolation: Isolation, tmp_path: Path) -> AsyncIterator[World]:
    keys = tmp_path / "keys"
    make_demo_keys(keys)
    await isolation.make_topics(TOPICS)
    await isolation.make_databases(("providers",))
    given: dict[str, Any] = {
        **isolation.settings(),
        "principal_keys": str(keys),
        "service_key": keys / "services.private.pem",
        "movable_clock": True,
    }
    client = PortalClient(
        isolation.infra.kafka,
        caller="test",
        principal=Principal(subject="desk", role="provider", tins=frozenset({TIN, OTHER_TIN})),
        signer=Signer.from_file(keys / "demo-provider.private.pem", "demo-provider"),
        topic_prefix=isolation.topic_prefix,
    )
    async with Running(SERVICE, ProvidersSettings(**given)), client:
        yield World(isolation, keys, client)
