"""Principals: believed only for exactly the message they were signed for."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from portal_client import Signer
from portal_contracts.envelope import Envelope
from portal_contracts.principal import Principal, principal_payload
from portal_runtime.security.keys import DEMO_ROLES, parse_jwks
from portal_runtime.security.message_mac import MessageMac
from portal_runtime.security.principals import (
    ServiceSigner,
    Untrusted,
    Verifier,
    load_public_keys,
)

MID = UUID("01890000-0000-7000-8000-000000000001")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BODY = b'{"account": "a"}'
ALICE = Principal(subject="alice", role="provider", tins=frozenset({"123456789"}))
TYPE = "claims.submit_professional_claim.v1"


@pytest.fixture(scope="module")
def services(keys: Path) -> ServiceSigner:
    return ServiceSigner("claims", (keys / "services.private.pem").read_bytes(), "services")


@pytest.fixture
def verifier(keys: Path, services: ServiceSigner) -> Verifier:
    public = load_public_keys(keys)
    return Verifier(
        public, "claims", services.secret, frozenset({"services"}), DEMO_ROLES, lambda: NOW
    )


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


def test_the_message_it_was_signed_for_is_believed(verifier: Verifier, keys: Path) -> None:
    assert verifier.verify(envelope(token(keys)), b"AB", digest(), 14) == ALICE


OTHERS: list[tuple[dict[str, object], bytes | None, bytes]] = [
    ({"id": UUID(int=5)}, b"AB", BODY),
    ({"type": "claims.submit_records.v1"}, b"AB", BODY),
    ({}, b"XY", BODY),
    ({}, b"A", BODY),
    ({}, None, BODY),
    ({}, b"AB", b"{}"),
]
"""Messages that differ in one thing from the one that was signed: (headers, key, body)."""


@pytest.mark.parametrize(
    ("changes", "key", "body"),
    [
        *OTHERS,
        ({"time": NOW + timedelta(minutes=6)}, b"AB", BODY),
        ({"time": NOW - timedelta(minutes=6)}, b"AB", BODY),
    ],
)
def test_any_other_message_is_not(
    verifier: Verifier, keys: Path, changes: dict[str, object], key: bytes | None, body: bytes
) -> None:
    with pytest.raises(Untrusted):
        verifier.verify(envelope(token(keys), **changes), key, digest(body), 14)


@pytest.mark.parametrize("bad", ["", "x", "a.b", "a.b.c", "eyJ9.e30.AA", "..", "é.é.é"])
def test_what_is_no_token_is_not_believed(verifier: Verifier, bad: str) -> None:
    with pytest.raises(Untrusted):
        verifier.verify(envelope(bad), b"AB", digest(), 14)


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


@pytest.mark.parametrize(
    "change",
    [
        {"iat": 10**400},
        {"iat": -(10**400)},
        {"tins": {"123456789": 1}},
        {"tins": "123456789"},
        {"tins": [["123456789"]]},
        ["a", "list"],
        "text",
        7,
        None,
    ],
)
def test_a_trusted_key_that_signs_nonsense_is_refused_and_no_fault_of_ours(
    verifier: Verifier, keys: Path, change: object
) -> None:
    good = principal_payload(
        ALICE,
        message_id=str(MID),
        type=TYPE,
        key="AB",
        body=BODY,
        issued_at=int(NOW.timestamp()),
    )
    assert verifier.verify(envelope(signed_as_it_is(keys, good)), b"AB", digest(), 14) == ALICE
    said = good | change if isinstance(change, dict) else change
    with pytest.raises(Untrusted):
        verifier.verify(envelope(signed_as_it_is(keys, said)), b"AB", digest(), 14)


def test_an_unsigned_token_is_not_believed(verifier: Verifier, keys: Path) -> None:
    _, payload, _ = token(keys).split(".")
    head = urlsafe_b64encode(json.dumps({"alg": "none", "kid": "demo-provider"}).encode())
    unsigned = f"{head.decode().rstrip('=')}.{payload}.AA"
    with pytest.raises(Untrusted, match="does not fit"):
        verifier.verify(envelope(unsigned), b"AB", digest(), 14)


@pytest.mark.parametrize("payload", [b"[]", b"7", b'"x"', b"null", b'[["iat", 1]]'])
def test_a_signed_payload_of_another_kind_is_not_believed(
    verifier: Verifier, keys: Path, payload: bytes
) -> None:
    signer = ServiceSigner("x", (keys / "demo-provider.private.pem").read_bytes(), "demo-provider")
    head = token(keys).split(".")[0]
    signed = f"{head}.{urlsafe_b64encode(payload).decode().rstrip('=')}"
    signature = urlsafe_b64encode(signer._sign(signed.encode())).decode().rstrip("=")
    with pytest.raises(Untrusted):
        verifier.verify(envelope(f"{signed}.{signature}"), b"AB", digest(), 14)


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


def test_another_service_signs_with_its_key_not_with_our_secret(
    verifier: Verifier, keys: Path
) -> None:
    appeals = ServiceSigner("appeals", (keys / "services.private.pem").read_bytes(), "services")
    signed = appeals.sign(str(MID), TYPE, "AB", BODY, int(NOW.timestamp())).decode()
    assert verifier.verify(envelope(signed), b"AB", digest(), 14).subject == "service:appeals"


@given(st.text(), st.text(max_size=40), st.binary(max_size=80), st.integers(0, 2**33))
def test_own_commands_are_signed_as_the_contract_says(
    services: ServiceSigner, mid: str, key: str, body: bytes, issued_at: int
) -> None:
    """With the secret a service shares with nobody; it is what any JWT library would make."""
    token = services.sign(mid, TYPE, key, body, issued_at)
    signed, _, signature = token.rpartition(b".")
    head, payload = (json.loads(decoded(part)) for part in signed.split(b"."))
    assert head == {"alg": "HS256", "kid": "self"}
    assert payload == principal_payload(
        Principal(subject="service:claims", role="service"),
        message_id=mid,
        type=TYPE,
        key=key,
        body=body,
        issued_at=issued_at,
    )
    assert decoded(signature) == hmac.digest(services.secret, signed, "sha256")


def own_mac(services: ServiceSigner) -> str:
    return services.mac(str(MID), TYPE, "AB", BODY, int(NOW.timestamp())).decode()


def test_a_sealed_command_is_the_services_own(verifier: Verifier, services: ServiceSigner) -> None:
    own = Principal(subject="service:claims", role="service")
    assert verifier.verify(envelope(own_mac(services)), b"AB", digest(), 14) == own


@pytest.mark.parametrize(
    ("changes", "key", "body"),
    [*OTHERS, ({"time": NOW + timedelta(seconds=1)}, b"AB", BODY)],
)
def test_a_seal_fits_no_other_message(
    verifier: Verifier,
    services: ServiceSigner,
    changes: dict[str, object],
    key: bytes | None,
    body: bytes,
) -> None:
    with pytest.raises(Untrusted, match="does not fit"):
        verifier.verify(envelope(own_mac(services), **changes), key, digest(body), 14)


@pytest.mark.parametrize("bad", ["mac.", "mac.é", f"mac.{'0' * 32}", "Mac.x"])
def test_a_made_up_seal_is_not_believed(verifier: Verifier, bad: str) -> None:
    with pytest.raises(Untrusted):
        verifier.verify(envelope(bad), b"AB", digest(), 14)


def test_nobody_elses_seal_is_believed(verifier: Verifier, keys: Path) -> None:
    appeals = ServiceSigner("appeals", (keys / "services.private.pem").read_bytes(), "services")
    with pytest.raises(Untrusted, match="does not fit"):
        verifier.verify(envelope(own_mac(appeals)), b"AB", digest(), 14)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c", 1), ("a", "bc", 1)),
        (("a", "1", 1), ("a", "", 11)),
        (("a", ":", 1), ("a:", "", 1)),
    ],
)
def test_a_seal_tells_where_each_part_ends(
    one: tuple[str, str, int], other: tuple[str, str, int]
) -> None:
    mac = MessageMac(b"secret")
    made = {mac.make(str(MID), type_, key, digest(), at) for type_, key, at in (one, other)}
    assert len(made) == 2


def test_seals_that_others_send_are_not_remembered(
    verifier: Verifier, services: ServiceSigner
) -> None:
    for n in range(3):
        with pytest.raises(Untrusted):
            verifier.verify(envelope(f"mac.{n:032x}"), b"k" * 1_000_000, digest(), 14)
    verifier.verify(envelope(own_mac(services)), b"AB", digest(), 14)
    assert verifier._mac._begun.cache_info().currsize == 0


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


DAY = timedelta(days=1)


def aged(keys: Path, at: datetime) -> Envelope:
    """A message signed at that time, and saying so: whoever copies it whole can do that."""
    return envelope(token(keys, at=at), time=at)


@pytest.mark.parametrize(
    ("at", "believed"),
    [
        (NOW - timedelta(minutes=4), True),
        (NOW - 13 * DAY, True),
        (NOW - 15 * DAY, False),
        (NOW - 365 * DAY, False),
        (NOW + timedelta(minutes=4), True),
        (NOW + timedelta(minutes=6), False),
        (NOW + 50 * 365 * DAY, False),
    ],
)
def test_a_signature_is_believed_in_its_own_time(
    verifier: Verifier, keys: Path, at: datetime, believed: bool
) -> None:
    if believed:
        assert verifier.verify(aged(keys, at), b"AB", digest(), 14) == ALICE
        return
    with pytest.raises(Untrusted, match=r"too long ago|in the future"):
        verifier.verify(aged(keys, at), b"AB", digest(), 14)


def test_a_copied_message_is_not_answered_elsewhere(verifier: Verifier, keys: Path) -> None:
    with pytest.raises(Untrusted, match="another message"):
        verifier.verify(envelope(token(keys), reply_to="gateway.replies/1"), b"AB", digest(), 14)


@pytest.mark.parametrize(
    "payload",
    [
        {"tins": [""]},
        {"tins": ["310000001", ""]},
        {"tins": ["31-0000001"]},
        {"tins": ["31000000"]},
        {"tins": "310000001"},
        {"tins": [310000001]},
        {"tins": None},
        {"role": "admin"},
        {"role": ""},
        {"sub": ""},
        {"sub": "a b"},
        {"sub": "a\nb"},
        {"sub": "x" * 201},
        {"sub": "service:claims"},
        {"sub": None},
    ],
)
def test_an_ill_formed_principal_is_not_believed(
    verifier: Verifier, keys: Path, payload: dict[str, object]
) -> None:
    """Signed by a key that may vouch for providers: gateways make mistakes too."""
    signer = Signer.from_file(keys / "demo-provider.private.pem", "demo-provider")
    head, body, _ = token(keys).split(".")
    claims = {**json.loads(decoded(body.encode())), **payload}
    body = urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    signed = f"{head}.{body}"
    signature = urlsafe_b64encode(signer._signature(signed.encode())).decode().rstrip("=")
    with pytest.raises(Untrusted):
        verifier.verify(envelope(f"{signed}.{signature}"), b"AB", digest(), 14)


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


def test_services_may_be_ahead_by_a_moved_clock_and_nobody_else(
    verifier: Verifier, keys: Path
) -> None:
    """The demo's clock: what a service sends bears the time that it shows."""
    appeals = ServiceSigner("appeals", (keys / "services.private.pem").read_bytes(), "services")
    ahead = NOW + timedelta(days=31)
    signed = appeals.sign(str(MID), TYPE, "AB", BODY, int(ahead.timestamp())).decode()
    assert verifier.verify(envelope(signed, time=ahead), b"AB", digest(), 14).role == "service"
    long_ago = NOW - timedelta(days=31)
    signed = appeals.sign(str(MID), TYPE, "AB", BODY, int(long_ago.timestamp())).decode()
    with pytest.raises(Untrusted, match="too long ago"):
        verifier.verify(envelope(signed, time=long_ago), b"AB", digest(), 14)
