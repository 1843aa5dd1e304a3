"""The MAC on bulk commands: a service recognizes what it ordered itself, at the least cost.

One message orders them by the thousand, and only the service that ordered them reads them. Their
`principal` header is `mac.` and a keyed hash in hex over type, key, second, message id and body. It
need not name the sender: whoever has the secret is the service.
"""

from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

MAC_PREFIX = b"mac."
_SIZE = 16
"""Bytes: nobody guesses 128 bits, and a shorter header is cheaper to keep and to send."""


class MessageMac:
    def __init__(self, secret: bytes) -> None:
        """`secret`: at most 64 bytes that nobody but the service's own instances has."""
        self._secret = secret
        self._begun = lru_cache(maxsize=1024)(self._begin)

    def make(self, message_id: str, type_: str, key: str, digest: bytes, second: int) -> bytes:
        """The header's value. `digest`: SHA-256 of the body; `second`: the message's time."""
        return _ended(self._begun(type_, key, second).copy(), message_id, digest)

    def fits(
        self, header: bytes, message_id: str, type_: str, key: str, digest: bytes, second: int
    ) -> bool:
        """Whether the header is what `make` gives. Remembers nothing: anybody may have sent it."""
        made = _ended(self._begin(type_, key, second), message_id, digest)
        return compare_digest(header, made)

    def _begin(self, type_: str, key: str, second: int) -> Any:
        """What all of a type, key and second have in common. Lengths, so that no two are alike."""
        common = f"{len(type_)}:{type_}{len(key)}:{key}{second}:".encode()
        return blake2b(common, digest_size=_SIZE, key=self._secret, person=b"bulk command")


def _ended(begun: Any, message_id: str, digest: bytes) -> bytes:
    begun.update(message_id.encode() + digest)
    value: str = begun.hexdigest()
    return MAC_PREFIX + value.encode()
