"""The seal on bulk commands: a service knows again what it ordered itself, for a fifth of a JWS.

One message orders them by the thousand, and only the service that ordered them reads them. Their
`principal` header is `seal.` and a keyed hash in hex, over the same things that a signed principal
is bound to: type, second, key, message id and body.
"""

from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

SEALED = b"seal."
_SIZE = 16
"""Bytes: nobody guesses 128 bits, and a shorter header is cheaper to keep and to send."""


class Seal:
    def __init__(self, secret: bytes) -> None:
        """`secret`: at most 64 bytes that nobody but the service's own instances has."""
        self._secret = secret
        self._begun = lru_cache(maxsize=1024)(self._begin)

    def make(self, message_id: str, type_: str, key: str, digest: bytes, second: int) -> bytes:
        """The header's value. `digest`: SHA-256 of the body; `second`: the message's time."""
        made = self._begun(type_, key, second).copy()
        made.update(message_id.encode() + digest)
        value: str = made.hexdigest()
        return SEALED + value.encode()

    def fits(
        self, header: bytes, message_id: str, type_: str, key: str, digest: bytes, second: int
    ) -> bool:
        return compare_digest(header, self.make(message_id, type_, key, digest, second))

    def _begin(self, type_: str, key: str, second: int) -> Any:
        """What all of a type, key and second have in common. Lengths, so that no two are alike."""
        common = f"{len(type_)}:{type_}{len(key)}:{key}{second}:".encode()
        return blake2b(common, digest_size=_SIZE, key=self._secret, person=b"bulk command")
