"""Identifiers people read and machines route by.

A reference is `<PREFIX>-<bucket><serial><check>`: two base-32 characters of routing bucket, twelve
of serial, one check character (Luhn mod 32), in Crockford's alphabet (no I, L, O, U). The bucket is
a hash of the member, so every message about any claim of one member lands in one partition, whoever
sends it: the sender of a new claim hashes the member ID, the sender of anything later reads it off
the reference.
"""

from functools import lru_cache
from hashlib import blake2b
from uuid import UUID
from zlib import crc32

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BUCKETS = 1024
_VALUE = {c: i for i, c in enumerate(ALPHABET)}
_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]


@lru_cache(maxsize=65536)
def bucket(member_id: str) -> str:
    """Routing bucket of a member: two characters; the Kafka key of all that concerns the member."""
    return _PAIRS[crc32(member_id.encode()) % BUCKETS]


def bucket_of_reference(reference: str) -> str:
    """Routing bucket inside 'CLM-7KQ…'. A malformed reference gets a bucket too (its own hash)."""
    _, _, rest = reference.partition("-")
    pair = rest[:2]
    return pair if len(rest) >= 3 and pair in _PAIR_SET else bucket(reference)


_PAIR_SET = frozenset(_PAIRS)


def make_reference(prefix: str, routing: str, cause: UUID) -> str:
    """A reference derived from the message that caused it: deciding it again gives the same one."""
    n = int.from_bytes(blake2b(cause.bytes, digest_size=8, person=prefix.encode()[:16]).digest())
    pairs = _PAIRS
    serial = (
        pairs[n & 1023]
        + pairs[n >> 10 & 1023]
        + pairs[n >> 20 & 1023]
        + pairs[n >> 30 & 1023]
        + pairs[n >> 40 & 1023]
        + pairs[n >> 50 & 1023]
    )
    body = routing + serial
    return f"{prefix}-{body}{_check(body)}"


def is_reference(prefix: str, text: str) -> bool:
    """Whether `text` is a well-formed reference with this prefix and a right check character."""
    head, _, body = text.partition("-")
    if head != prefix or len(body) != 15 or any(c not in _VALUE for c in body):
        return False
    return _check(body[:-1]) == body[-1]


def _check(body: str) -> str:
    total = 0
    double = True
    for char in reversed(body):
        value = _VALUE[char]
        if double:
            value *= 2
            value = value // 32 + value % 32
        total += value
        double = not double
    return ALPHABET[-total % 32]


def npi_is_valid(npi: str) -> bool:
    """Luhn over '80840' + NPI (45 CFR 162.406): ten digits whose last one checks the others."""
    if len(npi) != 10 or not npi.isascii() or not npi.isdigit():
        return False
    total = 24  # what the prefix 80840 contributes
    for position, char in enumerate(reversed(npi)):
        digit = ord(char) - 48
        if position % 2:
            digit *= 2
            if digit > 9:
                digit -= 9
        total += digit
    return total % 10 == 0
