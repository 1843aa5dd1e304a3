"""The eligibility service on real servers, and the people who talk to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from eligibility.main import SERVICE
from portal_client import PortalClient
from portal_contracts.auth.events import AuthorizationChanged
from tests.support import world as worlds
from tests.support.isolation import Isolation

TIN = "111222333"


@dataclass(frozen=True)
class World(worlds.World):
    """The running service, seen by a provider and the plan's feed."""

    @cached_property
    def feed(self) -> PortalClient:
        """Kept: reading an RSA key takes longer than a thousand signatures of a test may."""
        return self.as_("plan_feed", "demo-feed")

    async def relate(self, member_id: str) -> None:
        """The provider asked for an authorization for the member: now it may change COB (CB-02)."""
        event = AuthorizationChanged(
            authorization_number="AUTH-1",
            version=1,
            member_id=member_id,
            tin=TIN,
            servicing_npi="2000000002",
            lines=(),
        )
        await self.provider.publish(event)
        known = "select from facts where kind = 'relation' and key = $1"
        for _ in range(400):
            if await self.rows(known, f"{member_id}|{TIN}"):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the relation did not become a fact")


@pytest.fixture
async def world(isolation: Isolation, tmp_path: Path) -> AsyncIterator[World]:
    async with worlds.running_world(SERVICE, isolation, tmp_path / "keys", (TIN,)) as made:
        yield World(made.service, made.isolation, made.keys, made.provider)
