"""The claims of one 837 file as commands, and what in it could not be read."""

from dataclasses import dataclass, field

from portal_x12.claim import Message
from portal_x12.institutional import institutional
from portal_x12.loops import RawClaim, claims
from portal_x12.professional import professional
from portal_x12.segments import Unreadable
from portal_x12.transactions import read

FORMS = {"professional": professional, "institutional": institutional}

BUSINESS = dict.fromkeys(("MA", "MB", "16"), "medicare_advantage") | {"MC": "medicaid"}


@dataclass(frozen=True, slots=True)
class Claim:
    """One CLM of the file."""

    position: int
    """Number of its CLM segment in the file, from 1."""
    account: str
    line_of_business: str
    """Of the member, where the file has to make it known."""
    message: Message


@dataclass(slots=True)
class Claims:
    """All that one file holds; a file without any claim has at least one unreadable part."""

    claims: list[Claim] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


def read_claims(content: bytes) -> Claims:
    """Every claim of a file, in its order. Never raises, whatever the bytes are."""
    file = read(content)
    found = Claims(unreadable=list(file.unreadable))
    for transaction in file.transactions:
        to_message = FORMS[transaction.form]
        found.claims += [
            Claim(raw.clm.position, raw.clm.text(1), line_of_business(raw), to_message(raw))
            for raw in claims(transaction.segments)
        ]
    if not found.claims and not found.unreadable:
        found.unreadable.append(Unreadable("CLM", 0, "the file holds no claim"))
    return found


def line_of_business(claim: RawClaim) -> str:
    """By the claim filing indicator (SBR09)."""
    return BUSINESS.get(claim.subscriber.text("SBR", 9), "commercial")
