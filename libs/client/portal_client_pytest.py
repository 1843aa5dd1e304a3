"""pytest fixtures that come with the wheel: `portal_backend` to script, `portal` to hand over.

A module of its own, since pytest imports it in every run, also where no test wants a portal.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from portal_client.fake import FakeBackend, FakePortalClient


@pytest.fixture
def portal_backend() -> "FakeBackend":
    """The portal in memory; `portal_backend.when(Type, reply)` scripts it."""
    from portal_client.fake import FakeBackend

    return FakeBackend()


@pytest.fixture
def portal(portal_backend: "FakeBackend") -> "FakePortalClient":
    """A client of it, as a provider's biller with the Tax ID 123456789."""
    from portal_client.fake import FakePortalClient
    from portal_contracts.principal import Principal

    biller = Principal(subject="biller-1", role="provider", tins=frozenset({"123456789"}))
    return FakePortalClient(portal_backend, biller)
