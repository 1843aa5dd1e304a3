"""Who asks. A principal travels in the `principal` header as a compact JWS over one message.

Payload of the JWS: `sub`, `role`, `tins`, `aud` (the service), `mid` (message id), `typ` (message
type), `key` (Kafka key), `bh` (base64url SHA-256 of the body), `iat` (seconds). A copied header
fits no other message. Algorithms: RS256 or EdDSA for callers; the services use their own keys
(in `claims.bulk`, which only claims itself reads, a seal of its own: ADR 5).
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from pydantic import Field

from portal_contracts.base import Model
from portal_contracts.common import Role


class Principal(Model):
    """Who asks, in which role, and for which Tax IDs."""

    subject: str = Field(description="Stable id of the user or system, as the gateway knows it")
    role: Role = Field(description="What they are")
    tins: frozenset[str] = Field(frozenset(), description="Tax IDs a provider may act for")

    def may_act_for(self, tin: str) -> bool:
        """Providers act for their own Tax IDs only; the plan's people and systems for all."""
        return self.role != "provider" or tin in self.tins


def principal_payload(
    principal: Principal, *, message_id: str, type: str, key: str, body: bytes, issued_at: int
) -> dict[str, Any]:
    """The JWS payload that binds a principal to one message. Sign it with any JWT library."""
    return {
        "sub": principal.subject,
        "role": principal.role,
        "tins": sorted(principal.tins),
        "aud": type.split(".", 1)[0],
        "mid": message_id,
        "typ": type,
        "key": key,
        "bh": body_hash(body),
        "iat": issued_at,
    }


def body_hash(body: bytes) -> str:
    """base64url (unpadded) SHA-256 of the body bytes as they are on the wire."""
    return urlsafe_b64encode(sha256(body).digest()).rstrip(b"=").decode()
