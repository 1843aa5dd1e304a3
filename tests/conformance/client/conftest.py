"""Both clients, each in front of the same scripted backend."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal_client import Client, PortalClient, Signer
from portal_client.fake import FakeBackend, FakePortalClient
from portal_contracts import topics
from portal_contracts.principal import Principal
from portal_contracts.topics import TopicSpec
from tests.conformance.client.bridge import SERVICE, bridge
from tests.support.isolation import Isolation

BILLER = Principal(subject="biller-1", role="provider", tins=frozenset({"123456789"}))


@dataclass(frozen=True)
class Setup:
    """A client and what answers it."""

    client: Client
    backend: FakeBackend


@pytest.fixture
async def fake() -> Setup:
    backend = FakeBackend()
    return Setup(FakePortalClient(backend, BILLER), backend)


@pytest.fixture
async def real(isolation: Isolation) -> AsyncIterator[Setup]:
    names = (topics.commands(SERVICE), topics.queries(SERVICE), topics.events(SERVICE))
    await isolation.make_topics([TopicSpec(name, 2) for name in (*names, topics.replies("test"))])
    key = Ed25519PrivateKey.generate()
    backend = FakeBackend()
    client = PortalClient(
        isolation.infra.kafka,
        caller="test",
        principal=BILLER,
        signer=Signer(key, "test-key"),
        topic_prefix=isolation.topic_prefix,
    )
    verify = key.public_key().verify
    async with bridge(isolation.infra.kafka, isolation.topic_prefix, backend, verify), client:
        yield Setup(client, backend)


@pytest.fixture(params=["fake", "real"])
def setup(request: pytest.FixtureRequest) -> Setup:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Setup)
    return found
