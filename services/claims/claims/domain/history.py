"""What happened to a claim: one entry for each of its versions, never changed (CL-10)."""

from collections.abc import Iterable
from typing import NamedTuple

from claims.domain.state import Claim
from portal_contracts.claims.events import (
    ClaimAdjudicated,
    ClaimClosed,
    ClaimEvent,
    ClaimRejectedEvent,
)
from portal_contracts.claims.outcome import ClaimStep


class Entry(NamedTuple):
    """Why the claim has this version."""

    claim_number: str
    version: int
    what: ClaimStep
    cause: str = ""
    """What led to it; empty where `what` says it."""
    reference: str = ""
    """Of what led to it: a document, a case, a change, another claim."""
    event: ClaimEvent | None = None
    """What was announced about it."""


def adjudicated(event: ClaimAdjudicated) -> Entry:
    return Entry(
        event.claim_number,
        event.version,
        "adjudicated",
        event.cause,
        event.cause_reference,
        event,
    )


def rejected(event: ClaimRejectedEvent) -> Entry:
    return Entry(event.claim_number, event.version, "rejected", "submitted", "", event)


def closed(event: ClaimClosed) -> Entry:
    return Entry(event.claim_number, event.version, event.status, "", event.closed_by, event)


def took_back(void: Claim, original: Claim) -> Entry:
    """A void has nothing of its own to announce: what it closed says it."""
    return Entry(void.number, void.version, "took_back", "", original.number)


def records_received(noted: Claim, documents: Iterable[str]) -> Entry:
    return Entry(noted.number, noted.version, "records_received", "", " ".join(documents))


def record_released(noted: Claim, document: str) -> Entry:
    """A document that changes nothing any more."""
    return Entry(noted.number, noted.version, "record_released", "", document)
