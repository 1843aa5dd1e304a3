"""The prior authorization service on real servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from prior_auth.main import SERVICE
from tests.support.deciding import TIN
from tests.support.isolation import Isolation
from tests.support.world import World, running_world
from tests.unit.auth.desk import UM_PHONE


@pytest.fixture
async def world(isolation: Isolation, tmp_path: Path) -> AsyncIterator[World]:
    keys = tmp_path / "keys"
    async with running_world(SERVICE, isolation, keys, (TIN,), um_phone=UM_PHONE) as running:
        yield running
