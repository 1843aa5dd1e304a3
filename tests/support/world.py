"""One service on real servers, and the people who talk to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

from portal_client import PortalClient, Signer
from portal_contracts import topics
from portal_contracts.base import Event
from portal_contracts.common import Role
from portal_contracts.principal import Principal
from portal_contracts.topics import TopicSpec
from portal_runtime.clock import move_clock
from portal_runtime.process.running import Running
from portal_runtime.security.keys import make_demo_keys
from portal_runtime.service import Service
from tests.support.isolation import Isolation

VERSIONS = count(1)
"""Rise from test to test: facts that were parsed once are remembered by key and version."""


@dataclass(frozen=True)
class World:
    """The running service, seen by a provider and by others."""

    service: str
    isolation: Isolation
    keys: Path
    provider: PortalClient

    def as_(self, role: Role, kid: str, tins: Sequence[str] = ()) -> PortalClient:
        principal = Principal(subject=kid, role=role, tins=frozenset(tins))
        signer = Signer.from_file(self.keys / f"{kid}.private.pem", kid)
        return self.provider.acting_as(principal, signer)

    @property
    def staff(self) -> PortalClient:
        return self.as_("plan_staff", "demo-staff")

    async def move(self, days: float) -> None:
        """Set the demo clock so many days ahead of the real one."""
        infra, prefix = self.isolation.infra, self.isolation.topic_prefix
        await move_clock(infra.kafka, prefix, timedelta(days=days))

    async def announce(self, event: Event, kind: str, key: str) -> None:
        """Publish what another service announces, and wait until it is among the facts."""
        version = next(VERSIONS)
        await self.provider.publish(event.model_copy(update={"version": version}))
        for _ in range(400):
            known = await self.rows(
                "select version from facts where kind = $1 and key = $2", kind, key
            )
            if known and known[0][0] == version:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{event.TYPE} did not become a fact")

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        conn = await asyncpg.connect(self.isolation.dsn(self.service))
        try:
            return await conn.fetch(sql, *args)
        finally:
            await conn.close()


@asynccontextmanager
async def running_world(
    service: Service, isolation: Isolation, keys: Path, tins: Sequence[str], **settings: Any
) -> AsyncIterator[World]:
    """The service inside the test's loop, with its own topics and those it listens to or writes."""
    make_demo_keys(keys)
    names = {*topics.taken_together(topics.commands(service.name)), topics.queries(service.name)}
    names |= {topics.events(service.name), topics.dead_letters(service.name)}
    names |= {topics.commands("claims"), topics.replies("test"), topics.CLOCK_TOPIC}
    names |= set(service.routes.topics())
    await isolation.make_topics([TopicSpec(name, 1) for name in sorted(names)])
    await isolation.make_databases((service.name,))
    given: dict[str, Any] = {
        **isolation.settings(),
        "principal_keys": str(keys),
        "service_key": keys / "services.private.pem",
        "movable_clock": True,
        **settings,
    }
    client = PortalClient(
        isolation.infra.kafka,
        caller="test",
        principal=Principal(subject="desk", role="provider", tins=frozenset(tins)),
        signer=Signer.from_file(keys / "demo-provider.private.pem", "demo-provider"),
        topic_prefix=isolation.topic_prefix,
    )
    async with Running(service, service.settings(**given)), client:
        yield World(service.name, isolation, keys, client)
