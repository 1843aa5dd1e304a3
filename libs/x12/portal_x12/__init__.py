"""X12 and the contracts: bytes of an 837 file in, commands out. Pure; no file, network or clock."""

from portal_x12.claim import Message
from portal_x12.reading import Claim, Claims, read_claims
from portal_x12.segments import Unreadable

__all__ = ["Claim", "Claims", "Message", "Unreadable", "read_claims"]
