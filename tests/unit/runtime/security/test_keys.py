"""Keys: read, kept to oneself, and what each may vouch for."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from portal_contracts.principal import Principal
from portal_runtime.security.keys import parse_jwks
from portal_runtime.security.principals import (
    ServiceSigner,
    Untrusted,
    Verifier,
    load_public_keys,
)
from tests.unit.runtime.security.tokens import (
    ALICE,
    BODY,
    MID,
    NOW,
    TYPE,
    digest,
    envelope,
    token,
)


def test_only_services_act_as_services(
    verifier: Verifier, keys: Path, services: ServiceSigner
) -> None:
    posing = Principal(subject="service:claims", role="service")
    with pytest.raises(Untrusted, match="may not vouch"):
        verifier.verify(envelope(token(keys, posing)), b"AB", digest(), 14)
    own = services.sign(str(MID), TYPE, "AB", BODY, int(NOW.timestamp())).decode()
    assert verifier.verify(envelope(own), b"AB", digest(), 14).role == "service"


def test_a_key_vouches_for_the_roles_it_was_given(keys: Path, services: ServiceSigner) -> None:
    narrow = Verifier(
        load_public_keys(keys),
        "claims",
        services.secret,
        frozenset({"services"}),
        {"demo-provider": ("provider",), "demo-staff": ("plan_staff",)},
        lambda: NOW,
    )
    assert narrow.verify(envelope(token(keys)), b"AB", sha256(BODY).digest(), 14) == ALICE
    staff = Principal(subject="eve", role="plan_staff")
    with pytest.raises(Untrusted, match="may not vouch"):
        narrow.verify(envelope(token(keys, staff)), b"AB", sha256(BODY).digest(), 14)
    other = envelope(token(keys, staff, kid="demo-staff"))
    assert narrow.verify(other, b"AB", sha256(BODY).digest(), 14) == staff


def test_keys_of_a_jwks_document() -> None:
    """RSA and Ed25519 by RFC 7517 and 8037; a kind we cannot use is passed over."""
    private = ed25519.Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()

    def b64(data: bytes) -> str:
        return urlsafe_b64encode(data).decode().rstrip("=")

    found = parse_jwks(
        {
            "keys": [
                {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": b64(raw)},
                {
                    "kty": "RSA",
                    "kid": "rsa",
                    "n": b64(numbers.n.to_bytes(256)),
                    "e": b64(numbers.e.to_bytes(3)),
                },
                {"kty": "EC", "crv": "P-256", "kid": "ec"},
            ]
        }
    )
    assert sorted(found) == ["ed", "rsa"]
    found["ed"].check(private.sign(b"x"), b"x")


def test_private_keys_are_readable_by_their_owner_only(keys: Path) -> None:
    for file in keys.glob("*.private.pem"):
        assert file.stat().st_mode & 0o077 == 0


def test_without_a_table_of_keys_and_roles_nobody_is_believed(
    keys: Path, services: ServiceSigner
) -> None:
    with pytest.raises(ValueError, match="PORTAL_KID_ROLES"):
        Verifier(load_public_keys(keys), "claims", services.secret, frozenset(), {})


def test_a_key_that_the_table_does_not_name_vouches_for_nobody(
    keys: Path, services: ServiceSigner
) -> None:
    roles = {"another": ("provider",)}
    verifier = Verifier(
        load_public_keys(keys), "claims", services.secret, frozenset(), roles, lambda: NOW
    )
    with pytest.raises(Untrusted, match="may not vouch"):
        verifier.verify(envelope(token(keys)), b"AB", digest(), 14)
