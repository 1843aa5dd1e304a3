"""What a service sends to itself bears its message MAC, and no other message does."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_contracts.principal import Principal, principal_payload
from portal_runtime.security.message_mac import MessageMac
from portal_runtime.security.principals import (
    ServiceSigner,
    Untrusted,
    Verifier,
)
from tests.unit.runtime.security.tokens import (
    BODY,
    MID,
    NOW,
    OTHERS,
    TYPE,
    decoded,
    digest,
    envelope,
    own_mac,
)


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
