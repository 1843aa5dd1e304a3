"""Principals: believed only for exactly the message they were signed for."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from portal_client import Signer
from portal_contracts.envelope import Envelope
from portal_contracts.principal import principal_payload
from portal_runtime.security.principals import (
    ServiceSigner,
    Untrusted,
    Verifier,
)
from tests.unit.runtime.security.tokens import (
    ALICE,
    BODY,
    MID,
    NOW,
    OTHERS,
    TYPE,
    decoded,
    digest,
    envelope,
    signed_as_it_is,
    token,
)


def test_the_message_it_was_signed_for_is_believed(verifier: Verifier, keys: Path) -> None:
    assert verifier.verify(envelope(token(keys)), b"AB", digest(), 14) == ALICE


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


def test_another_service_signs_with_its_key_not_with_our_secret(
    verifier: Verifier, keys: Path
) -> None:
    appeals = ServiceSigner("appeals", (keys / "services.private.pem").read_bytes(), "services")
    signed = appeals.sign(str(MID), TYPE, "AB", BODY, int(NOW.timestamp())).decode()
    assert verifier.verify(envelope(signed), b"AB", digest(), 14).subject == "service:appeals"


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
