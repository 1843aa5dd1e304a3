"""The eligibility service on real servers, and the people who talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from eligibility.main import SERVICE
from eligibility.settings import EligibilitySettings
from portal_client import PortalClient, Signer
from portal_contracts import topics
from portal_contracts.common import Role
from portal_contracts.principal import Principal
from portal_contracts.topics import TopicSpec
from portal_runtime.keys import make_demo_keys
from portal_runtime.process import Running
from tests.support.isolation import Isolation

TOPICS = (
    TopicSpec("eligibility.commands", 4),
    TopicSpec("eligibility.queries", 2),
    TopicSpec("eligibility.events", 4),
    TopicSpec("eligibility.dead-letters", 1),
    TopicSpec(topics.replies("test"), 2),
    TopicSpec(topics.CLOCK_TOPIC, 1),
)


@dataclass
class World:
    """The running service, seen by two providers and the plan's feed."""

    isolation: Isolation
    keys: Path
    provider: PortalClient

    def as_(self, role: Role, kid: str, subject: str) -> PortalClient:
        signer = Signer.from_file(self.keys / f"{kid}.private.pem", kid)
        return self.provider.acting_as(Principal(subject=subject, role=role), signer)

    @cached_property
    def feed(self) -> PortalClient:
        """Kept: reading an RSA key takes longer than a thousand signatures of a test may."""
        return self.as_("plan_feed", "demo-feed", "feed")

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        conn = await asyncpg.connect(self.isolation.dsn("eligibility"))
        try:
            return await conn.fetch(sql, *args)
        finally:
            await conn.close()


@pytest.fixture
async def world(isolation: Isolation, tmp_path: Path) -> AsyncIterator[World]:
    keys = tmp_path / "keys"
    make_demo_keys(keys)
    await isolation.make_topics(TOPICS)
    await isolation.make_databases(("eligibility",))
    given: dict[str, Any] = {
        **isolation.settings(),
        "principal_keys": str(keys),
        "service_key": keys / "services.private.pem",
    }
    client = PortalClient(
        isolation.infra.kafka,
        caller="test",
        principal=Principal(subject="desk", role="provider", tins=frozenset({"111222333"})),
        signer=Signer.from_file(keys / "demo-provider.private.pem", "demo-provider"),
        topic_prefix=isolation.topic_prefix,
    )
    async with Running(SERVICE, EligibilitySettings(**given)), client:
        yield World(isolation, keys, client)
