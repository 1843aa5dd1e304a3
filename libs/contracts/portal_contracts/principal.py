"""Who asks. A principal travels in the `principal` header as a compact JWS over one message.

Payload of the JWS: `sub`, `role`, `tins`, `aud` (the service), `mid` (message id), `typ` (message
type), `key` (Kafka key), `bh` (base64url SHA-256 of the body), `rt` (`reply_to`), `iat` (seconds).
A copied header fits no other message, and its answer goes to no other place. Algorithms: RS256 or
EdDSA for callers; the services use their own keys (in `claims.bulk`, which only claims itself
reads, a message MAC: ADR 5).
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from pydantic import Field

from portal_contracts.base import Model
from portal_contracts.common import Role
from portal_contracts.fields import Tin


class Principal(Model):
    """Who asks, in which role, and for which Tax IDs. What they may do is in `access.py`."""

    subject: str = Field(
        description="Stable id of the user or system, as the gateway knows it",
        pattern=r"^[^\s\x00-\x1f\x7f]{1,200}$",
    )
    role: Role = Field(description="What they are")
    tins: frozenset[Tin] = Field(frozenset(), description="Tax IDs a provider may act for")


def principal_payload(
    principal: Principal,
    *,
    message_id: str,
    type: str,
    key: str,
    body: bytes,
    issued_at: int,
    reply_to: str = "",
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
        "rt": reply_to,
        "iat": issued_at,
    }


def body_hash(body: bytes) -> str:
    """base64url (unpadded) SHA-256 of the body bytes as they are on the wire."""
    return urlsafe_b64encode(sha256(body).digest()).rstrip(b"=").decode()
