"""Key pairs of the local stack: who may sign for a principal. Never used anywhere else."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_IDS = ("demo-provider", "demo-staff", "demo-feed", "demo-operator", "services")


def make_demo_keys(directory: Path) -> tuple[str, ...]:
    """`<kid>.private.pem` and `<kid>.pem` for each id that has none yet; returns those made."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = [kid for kid in KEY_IDS if not (directory / f"{kid}.pem").exists()]
    for kid in missing:
        _make_pair(directory, kid)
    return tuple(missing)


def _make_pair(directory: Path, kid: str) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    _write(directory / f"{kid}.private.pem", private)
    # The public half last: it says that the pair is complete.
    _write(directory / f"{kid}.pem", public)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
