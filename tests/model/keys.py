"""Keys of the model: made once, so that messages are signed and checked as everywhere else."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal_client.signing import Signer
from portal_runtime.security.principals import PublicKey, public_key

CALLERS_KID, SERVICES_KID = "callers", "services"
_CALLERS, _SERVICES = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
CALLER = Signer(_CALLERS, CALLERS_KID)
SERVICE_KEY = _SERVICES.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


@cache
def public_keys() -> dict[str, PublicKey]:
    return {
        CALLERS_KID: public_key(_CALLERS.public_key()),
        SERVICES_KID: public_key(_SERVICES.public_key()),
    }
