"""The principal header as any JOSE library would read it."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from portal_client import Signer
from portal_contracts.principal import Principal, body_hash

BILLER = Principal(subject="müller", role="provider", tins=frozenset({"200000002", "100000001"}))
RSA = generate_private_key(65537, 2048)
ED25519 = Ed25519PrivateKey.generate()


def signed(signer: Signer, body: bytes = b"{}") -> str:
    return signer.sign(
        BILLER, message_id="m", type="claims.x.v1", key="7K", body=body, issued_at=1_760_000_000
    )


def decode(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def pem(key: object) -> bytes:
    assert isinstance(key, RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS256"), (ED25519, "EdDSA")])
def test_header_and_payload_say_who_asks_what(
    key: RSAPrivateKey | Ed25519PrivateKey, algorithm: str
) -> None:
    header, payload, _ = signed(Signer(key, "gw-1")).split(".")
    assert json.loads(decode(header)) == {"alg": algorithm, "kid": "gw-1", "typ": "JWT"}
    assert json.loads(decode(payload)) == {
        "sub": "müller",
        "role": "provider",
        "tins": ["100000001", "200000002"],
        "aud": "claims",
        "mid": "m",
        "typ": "claims.x.v1",
        "key": "7K",
        "bh": body_hash(b"{}"),
        "rt": "",
        "iat": 1_760_000_000,
    }


def test_the_rsa_signature_fits_and_no_other_body_does() -> None:
    header, payload, signature = signed(Signer(RSA, "k")).split(".")
    verify = RSA.public_key().verify
    verify(decode(signature), f"{header}.{payload}".encode(), padding.PKCS1v15(), hashes.SHA256())
    other = signed(Signer(RSA, "k"), b"{ }").split(".")[1]
    with pytest.raises(InvalidSignature):
        verify(decode(signature), f"{header}.{other}".encode(), padding.PKCS1v15(), hashes.SHA256())


def test_the_ed25519_signature_fits() -> None:
    header, payload, signature = signed(Signer(ED25519, "k")).split(".")
    ED25519.public_key().verify(decode(signature), f"{header}.{payload}".encode())


def test_the_file_name_says_the_key_id(tmp_path: Path) -> None:
    file = tmp_path / "gateway.private.pem"
    file.write_bytes(pem(ED25519))
    assert Signer.from_file(file).kid == "gateway"
    assert Signer.from_file(file, "other").kid == "other"


@pytest.mark.parametrize(
    "weak", [ec.generate_private_key(ec.SECP256R1()), generate_private_key(65537, 1024)]
)
def test_other_and_weak_keys_are_refused(weak: object) -> None:
    with pytest.raises(ValueError, match="key k is neither RSA"):
        Signer.from_pem(pem(weak), "k")
