"""The tally service's reader, and who signs for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_client import Signer
from portal_runtime.intake.incoming import Reader
from portal_runtime.security.keys import DEMO_ROLES
from portal_runtime.security.principals import ServiceSigner, Verifier, load_public_keys
from tests.support.tally import ROUTES
from tests.unit.runtime.intake.records import (
    DESK,
    NOW,
)


@pytest.fixture(scope="module")
def services(keys: Path) -> ServiceSigner:
    return ServiceSigner("tally", (keys / "services.private.pem").read_bytes(), "services")


@pytest.fixture(scope="module")
def verifier(keys: Path, services: ServiceSigner) -> Verifier:
    public = load_public_keys(keys)
    return Verifier(
        public, "tally", services.secret, frozenset({"services"}), DEMO_ROLES, lambda: NOW
    )


@pytest.fixture(scope="module")
def reader(verifier: Verifier) -> Reader:
    return Reader(ROUTES.deciding, verifier, serves=DESK.serves)


@pytest.fixture(scope="module")
def signer(keys: Path) -> Signer:
    return Signer.from_file(keys / "demo-provider.private.pem", "demo-provider")
