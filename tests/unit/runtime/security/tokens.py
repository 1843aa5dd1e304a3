"""Messages of one caller and of one service, signed, and what differs from them."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from portal_client import Signer
from portal_contracts.envelope import Envelope
from portal_contracts.principal import Principal
from portal_runtime.security.principals import (
    ServiceSigner,
)

MID = UUID("01890000-0000-7000-8000-000000000001")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BODY = b'{"account": "a"}'
ALICE = Principal(subject="alice", role="provider", tins=frozenset({"123456789"}))
TYPE = "claims.submit_professional_claim.v1"


def envelope(token: str, **changes: object) -> Envelope:
    made = Envelope(id=MID, type=TYPE, time=NOW, source="test", principal=token)
    return made._replace(**changes)  # type: ignore[arg-type]


def token(
    keys: Path, principal: Principal = ALICE, kid: str = "demo-provider", at: datetime = NOW
) -> str:
    signer = Signer.from_file(keys / f"{kid}.private.pem", kid)
    return signer.sign(
        principal,
        message_id=str(MID),
        type=TYPE,
        key="AB",
        body=BODY,
        issued_at=int(at.timestamp()),
    )


def digest(body: bytes = BODY) -> bytes:
    return sha256(body).digest()


def decoded(part: bytes) -> bytes:
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4))


OTHERS: list[tuple[dict[str, object], bytes | None, bytes]] = [
    ({"id": UUID(int=5)}, b"AB", BODY),
    ({"type": "claims.submit_records.v1"}, b"AB", BODY),
    ({}, b"XY", BODY),
    ({}, b"A", BODY),
    ({}, None, BODY),
    ({}, b"AB", b"{}"),
]
"""Messages that differ in one thing from the one that was signed: (headers, key, body)."""


def signed_as_it_is(keys: Path, payload: object) -> str:
    """By a key that is trusted, whatever it says."""
    signer = Signer.from_file(keys / "demo-provider.private.pem", "demo-provider")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal_client.signing.principal_payload", lambda *_, **__: payload)
        return token_of(signer)


def token_of(signer: Signer) -> str:
    return signer.sign(
        ALICE, message_id=str(MID), type=TYPE, key="AB", body=BODY, issued_at=int(NOW.timestamp())
    )


def own_mac(services: ServiceSigner) -> str:
    return services.mac(str(MID), TYPE, "AB", BODY, int(NOW.timestamp())).decode()
