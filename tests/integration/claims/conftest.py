"""The claims service on real servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from claims.main import SERVICE
from tests.support.isolation import Isolation
from tests.support.world import World, running_world
from tests.unit.claims.builders import TIN


@pytest.fixture
async def world(isolation: Isolation, tmp_path: Path) -> AsyncIterator[World]:
    async with running_world(SERVICE, isolation, tmp_path / "keys", (TIN,)) as running:
        yield running
