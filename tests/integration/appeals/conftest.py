"""The disputes and appeals service on real servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from appeals.main import SERVICE
from tests.support.deciding import TIN
from tests.support.isolation import Isolation
from tests.support.world import World, running_world
from tests.unit.appeals.desk import FAX, MAIL


@pytest.fixture
async def world(isolation: Isolation, tmp_path: Path) -> AsyncIterator[World]:
    words = {"appeals_mail_address": MAIL, "appeals_fax": FAX}
    async with running_world(SERVICE, isolation, tmp_path / "keys", (TIN,), **words) as running:
        yield running
