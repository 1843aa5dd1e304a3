"""Where keys come from: a folder of PEM files or a JWKS address. Demo keys for the local stack."""

import asyncio
import json
from base64 import urlsafe_b64decode
from pathlib import Path
from urllib.request import urlopen

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from portal_runtime.security.principals import PublicKey, load_public_keys, public_key

DEMO_ROLES = {
    "demo-provider": ("provider",),
    "demo-staff": ("plan_staff",),
    "demo-feed": ("plan_feed",),
    "demo-operator": ("operator",),
}
"""The callers of the local stack, and what each may vouch for (`PORTAL_KID_ROLES`)."""
SERVICES_KID = "services"


async def public_keys(source: str) -> dict[str, PublicKey]:
    """Public keys by key id."""
    if source.startswith(("http://", "https://")):
        return await asyncio.to_thread(_from_jwks, source)
    return load_public_keys(Path(source))


def _from_jwks(address: str) -> dict[str, PublicKey]:
    with urlopen(address, timeout=10) as response:
        return parse_jwks(json.load(response))


def parse_jwks(document: dict[str, list[dict[str, str]]]) -> dict[str, PublicKey]:
    """RSA and Ed25519 keys of a JSON Web Key Set (RFC 7517, 8037); others are passed over."""
    keys: dict[str, PublicKey] = {}
    for jwk in document["keys"]:
        if jwk["kty"] == "RSA":
            numbers = rsa.RSAPublicNumbers(e=_number(jwk["e"]), n=_number(jwk["n"]))
            keys[jwk["kid"]] = public_key(numbers.public_key())
        elif jwk["kty"] == "OKP" and jwk.get("crv") == "Ed25519":
            keys[jwk["kid"]] = public_key(
                ed25519.Ed25519PublicKey.from_public_bytes(_bytes(jwk["x"]))
            )
    return keys


def make_demo_keys(folder: Path) -> None:
    """`<kid>.private.pem` (mode 600) and `<kid>.pem` of the local stack; existing ones stay."""
    folder.mkdir(parents=True, exist_ok=True)
    for kid in (*DEMO_ROLES, SERVICES_KID):
        private = folder / f"{kid}.private.pem"
        if private.exists():
            continue
        # RSA for callers: checking it is five times cheaper. Ed25519 for services: they sign a lot.
        key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = (
            ed25519.Ed25519PrivateKey.generate()
            if kid == SERVICES_KID
            else rsa.generate_private_key(65537, 2048)
        )
        private.touch(mode=0o600)
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        (folder / f"{kid}.pem").write_bytes(
            key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text))
