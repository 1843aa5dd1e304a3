"""Signatures of principals: who asks is checked against this one message and its own time."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from pydantic_core import from_json, to_json

from portal_contracts.common import Role
from portal_contracts.envelope import Envelope
from portal_contracts.principal import Principal, principal_payload
from portal_runtime.security.message_mac import MAC_PREFIX, MessageMac

SELF = "self"
LEEWAY_SECONDS = 300
"""How far the clocks of those who sign may be off."""
DAY_SECONDS = 24 * 60 * 60
NO_KID_ROLES = (
    "PORTAL_KID_ROLES is not set. It says for which roles each key may vouch, for example "
    '{"gateway-2026": ["provider"], "desk-2026": ["plan_staff"]}; without it nobody can be '
    "believed, so the service does not start."
)
SERVICE_PRINCIPAL_ROLE = "service"
SERVICES_OWN = "service:"
"""How the subjects of services begin, so that nobody else stands under such a name on record."""
_SHA256 = hashes.SHA256()
_PKCS1 = padding.PKCS1v15()


class Untrusted(Exception):
    """The principal cannot be believed; the text says why and holds nothing secret."""


class PublicKey(Protocol):
    def check(self, signature: bytes, signed: bytes) -> None:
        """Raise InvalidSignature where the signature does not fit."""


class _Rsa:
    def __init__(self, key: rsa.RSAPublicKey) -> None:
        self._key = key

    def check(self, signature: bytes, signed: bytes) -> None:
        self._key.verify(signature, signed, _PKCS1, _SHA256)


class _Ed25519:
    def __init__(self, key: ed25519.Ed25519PublicKey) -> None:
        self._key = key

    def check(self, signature: bytes, signed: bytes) -> None:
        self._key.verify(signature, signed)


class _Shared:
    """The key a service shares with nobody: for the commands it sends to itself."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def check(self, signature: bytes, signed: bytes) -> None:
        if not hmac.compare_digest(signature, self.sign(signed)):
            raise InvalidSignature

    def sign(self, signed: bytes) -> bytes:
        return hmac.digest(self._secret, signed, sha256)


def load_public_keys(folder: Path) -> dict[str, PublicKey]:
    """`<kid>.pem` files of RSA or Ed25519 public keys; files with private keys are passed over."""
    keys: dict[str, PublicKey] = {}
    for file in sorted(folder.glob("*.pem")):
        if not file.name.endswith(".private.pem"):
            keys[file.stem] = public_key(serialization.load_pem_public_key(file.read_bytes()))
    return keys


def public_key(key: object) -> PublicKey:
    if isinstance(key, rsa.RSAPublicKey):
        return _Rsa(key)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return _Ed25519(key)
    raise ValueError("only RSA and Ed25519 keys can check principals")


class Verifier:
    """Checks the `principal` header of every command and query of one service."""

    def __init__(
        self,
        keys: dict[str, PublicKey],
        service: str,
        secret: bytes,
        service_kids: frozenset[str],
        kid_roles: Mapping[str, Collection[str]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`kid_roles`: a key vouches for the roles it is named with, and for no other.

        `service_kids`: those that speak for services. `now`: the clock that tells the age of a
        signature. ValueError without a table of keys and roles: nobody could be believed.
        """
        if not kid_roles:
            raise ValueError(NO_KID_ROLES)
        self._service = service
        self._kid_roles = {
            **kid_roles,
            **dict.fromkeys((*service_kids, SELF), (SERVICE_PRINCIPAL_ROLE,)),
        }
        self._now = now
        self._keys = {**keys, SELF: _Shared(secret)}
        self._mac = MessageMac(secret)
        self._own_principal = _principal_of(service)
        self._headers: dict[bytes, tuple[str, PublicKey]] = {}

    def verify(
        self, envelope: Envelope, key: bytes | None, digest: bytes, kept_days: int
    ) -> Principal:
        """The principal that is signed, or bears this service's MAC, for exactly this message.

        `digest`: SHA-256 of the body. `kept_days`: how long such a message may have waited.
        Untrusted, when nobody vouches for it.
        """
        token = envelope.principal.encode()
        if token.startswith(MAC_PREFIX):
            return self._by_mac(token, envelope, key, digest)
        head, _, rest = token.partition(b".")
        payload_b64, _, signature_b64 = rest.partition(b".")
        if not signature_b64:
            raise Untrusted("the principal header is missing or not a signed token")
        kid, public = self._key(head)
        try:
            public.check(_decode(signature_b64), head + b"." + payload_b64)
            claims = dict(from_json(_decode(payload_b64)))
        except (InvalidSignature, ValueError, TypeError):
            raise Untrusted("the principal's signature does not fit") from None
        self._same_message(claims, envelope, key, digest)
        self._of_our_time(kid, claims["iat"], kept_days)
        return self._principal(kid, claims)

    def _by_mac(
        self, token: bytes, envelope: Envelope, key: bytes | None, digest: bytes
    ) -> Principal:
        """This service itself, when it ordered exactly this command."""
        second = int(envelope.time.timestamp())
        text = (key or b"").decode(errors="replace")
        if not self._mac.fits(token, str(envelope.id), envelope.type, text, digest, second):
            raise Untrusted("the principal's signature does not fit")
        return self._own_principal

    def _key(self, head: bytes) -> tuple[str, PublicKey]:
        known = self._headers.get(head)
        if known is None:
            try:
                kid = str(from_json(_decode(head))["kid"])
            except (ValueError, KeyError, TypeError):
                raise Untrusted("the principal header has no key id") from None
            if kid not in self._keys:
                raise Untrusted("the principal is signed with an unknown key")
            # Only heads that name one of our keys are remembered, and a caller could still vary
            # them without end (spaces, extra fields), so the memory is bounded.
            if len(self._headers) > 100:
                self._headers.clear()
            known = self._headers[head] = (kid, self._keys[kid])
        return known

    def _same_message(
        self, claims: dict[str, Any], envelope: Envelope, key: bytes | None, digest: bytes
    ) -> None:
        fits = (
            claims.get("mid") == str(envelope.id)
            and claims.get("typ") == envelope.type
            and claims.get("aud") == self._service
            and claims.get("key") == (key or b"").decode(errors="replace")
            and claims.get("bh") == _encode(digest).decode()
            and claims.get("rt", "") == envelope.reply_to
        )
        if not fits:
            raise Untrusted("the principal was signed for another message")
        issued = claims.get("iat")
        sent = int(envelope.time.timestamp())  # whole: a number of any length is compared with it
        if not isinstance(issued, int) or abs(issued - sent) > LEEWAY_SECONDS:
            raise Untrusted("the principal was signed at another time than the message")

    def _of_our_time(self, kid: str, issued: int, kept_days: int) -> None:
        """`_same_message` has seen that it is a number near the message's own time.

        What services send bears the time that a movable clock shows, which may be ahead.
        """
        age = self._now().timestamp() - issued
        if age > kept_days * DAY_SECONDS + LEEWAY_SECONDS:
            raise Untrusted("the principal was signed too long ago")
        if age < -LEEWAY_SECONDS and SERVICE_PRINCIPAL_ROLE not in self._kid_roles.get(kid, ()):
            raise Untrusted("the principal was signed in the future; check the sender's clock")

    def _principal(self, kid: str, claims: dict[str, Any]) -> Principal:
        try:
            tins = claims.get("tins", [])
            if not isinstance(tins, list):
                raise TypeError  # the keys of an object, or the characters of a text
            principal = _named(claims["sub"], claims["role"], tuple(tins))
        except (ValueError, KeyError, TypeError):
            raise Untrusted("the principal's name, role or Tax IDs are ill-formed") from None
        if principal.role not in self._kid_roles.get(kid, ()):
            raise Untrusted(f"this key may not vouch for the role '{principal.role}'")
        if principal.role != SERVICE_PRINCIPAL_ROLE and principal.subject.startswith(SERVICES_OWN):
            raise Untrusted("only services are named so")
        return principal


class ServiceSigner:
    """Signs what a service sends: to others with its key, to itself with its secret.

    Bulk commands to itself bear a MAC made with that secret (`message_mac.py`).
    """

    def __init__(self, service: str, private_pem: bytes, kid: str) -> None:
        self._service = service
        self._principal = _principal_of(service)
        self._key = serialization.load_pem_private_key(private_pem, password=None)
        self.secret = sha256(b"self:" + service.encode() + b":" + private_pem).digest()
        self._shared = _Shared(self.secret)
        self._mac = MessageMac(self.secret)
        self._self_head = _head("HS256", SELF)
        rsa_key = isinstance(self._key, rsa.RSAPrivateKey)
        self._other_head = _head("RS256" if rsa_key else "EdDSA", kid)

    def sign(self, message_id: str, type_: str, key: str, body: bytes, issued_at: int) -> bytes:
        """The `principal` header value for a command of this service."""
        payload = principal_payload(
            self._principal,
            message_id=message_id,
            type=type_,
            key=key,
            body=body,
            issued_at=issued_at,
        )
        own = type_.split(".", 1)[0] == self._service
        signed = (self._self_head if own else self._other_head) + b"." + _encode(to_json(payload))
        return signed + b"." + _encode(self._shared.sign(signed) if own else self._sign(signed))

    def mac(self, message_id: str, type_: str, key: str, body: bytes, issued_at: int) -> bytes:
        """The same for a bulk command, which only this service reads."""
        return self._mac.make(message_id, type_, key, sha256(body).digest(), issued_at)

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, _PKCS1, _SHA256)
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(data)
        raise ValueError("only RSA and Ed25519 keys can sign")


def service_signer(service: str, key: Path) -> ServiceSigner:
    """The key file's name up to the first point is its key id."""
    return ServiceSigner(service, key.read_bytes(), key.name.split(".", 1)[0])


def _principal_of(service: str) -> Principal:
    return Principal(subject=f"{SERVICES_OWN}{service}", role=SERVICE_PRINCIPAL_ROLE)


@lru_cache(maxsize=10_000)
def _named(subject: str, role: Role, tins: tuple[str, ...]) -> Principal:
    """The same people ask again and again. ValueError for what is no principal."""
    return Principal(subject=subject, role=role, tins=frozenset(tins))


def _head(algorithm: str, kid: str) -> bytes:
    return _encode(json.dumps({"alg": algorithm, "kid": kid}, separators=(",", ":")).encode())


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _decode(data: bytes) -> bytes:
    return urlsafe_b64decode(data + b"=="[: -len(data) % 4])
