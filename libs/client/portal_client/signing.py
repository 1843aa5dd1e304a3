"""Signs the principal of one message as a compact JWS (RFC 7515): RS256 or EdDSA, by the key."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from portal_contracts.principal import Principal, principal_payload

PrivateKey = RSAPrivateKey | Ed25519PrivateKey


class Signer:
    """A private key with the id under which the services know its public half."""

    def __init__(self, key: PrivateKey, kid: str) -> None:
        self._key = key
        self.kid = kid
        algorithm = "RS256" if isinstance(key, RSAPrivateKey) else "EdDSA"
        self._header = _encode(_json({"alg": algorithm, "kid": kid, "typ": "JWT"}))

    @classmethod
    def from_pem(cls, pem: bytes, kid: str) -> "Signer":
        """A signer from an unencrypted PEM: RSA (at least 2048 bits) or Ed25519."""
        key = serialization.load_pem_private_key(pem, password=None)
        if isinstance(key, RSAPrivateKey) and key.key_size >= 2048:
            return cls(key, kid)
        if isinstance(key, Ed25519PrivateKey):
            return cls(key, kid)
        raise ValueError(f"key {kid} is neither RSA with at least 2048 bits nor Ed25519")

    @classmethod
    def from_file(cls, path: Path, kid: str | None = None) -> "Signer":
        """A signer from a file `<kid>.private.pem` (or any file, with `kid` given)."""
        return cls.from_pem(path.read_bytes(), kid or path.name.split(".", 1)[0])

    def sign(
        self,
        principal: Principal,
        *,
        message_id: str,
        type: str,
        key: str,
        body: bytes,
        issued_at: int,
        reply_to: str = "",
    ) -> str:
        """The `principal` header of this one message; it fits no other."""
        payload = principal_payload(
            principal,
            message_id=message_id,
            type=type,
            key=key,
            body=body,
            issued_at=issued_at,
            reply_to=reply_to,
        )
        signed = self._header + b"." + _encode(_json(payload))
        return (signed + b"." + _encode(self._signature(signed))).decode()

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data)


def _json(value: dict[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
