"""A service that believes the demo keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_runtime.security.keys import DEMO_ROLES
from portal_runtime.security.principals import (
    ServiceSigner,
    Verifier,
    load_public_keys,
)
from tests.unit.runtime.security.tokens import (
    NOW,
)


@pytest.fixture(scope="module")
def services(keys: Path) -> ServiceSigner:
    return ServiceSigner("claims", (keys / "services.private.pem").read_bytes(), "services")


@pytest.fixture
def verifier(keys: Path, services: ServiceSigner) -> Verifier:
    public = load_public_keys(keys)
    return Verifier(
        public, "claims", services.secret, frozenset({"services"}), DEMO_ROLES, lambda: NOW
    )
