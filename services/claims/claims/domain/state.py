"""What the service remembers of a claim: what was submitted, and the state that it is in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, assert_never

from claims.domain.submission import Submission
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import ClaimStatus, Edit, FormType
from portal_contracts.common import Problem
from portal_contracts.money import cents

# -- the states: a closed union -------------------------------------------------------------------
# Each has what a claim in it has, and nothing else. A new one is a class here and a name in
# `ClaimState`; mypy then shows every `match` that must say what becomes of it.


@dataclass(frozen=True, slots=True)
class Received:
    """Taken, and nothing decided about it. Never on file: deciding leaves another state."""


@dataclass(frozen=True, slots=True)
class Pended:
    """In adjudication, and waiting for something without which it cannot be decided (CL-20)."""

    waits_for: str
    """What that is, in the middle of a sentence for billers."""


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """Paid or denied, as its latest adjudication says."""

    outcome: ClaimAdjudicated


@dataclass(frozen=True, slots=True)
class Rejected:
    """Failed the front-end edits, and was never adjudicated (CL-08)."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A corrected claim took its place (frequency 7)."""

    by: str
    last: ClaimAdjudicated | None
    """How it was decided last; none if it was pended."""


@dataclass(frozen=True, slots=True)
class Voided:
    """Another claim took it back (frequency 8)."""

    by: str
    last: ClaimAdjudicated | None


@dataclass(frozen=True, slots=True)
class Void:
    """Took back another claim (frequency 8). There is nothing to adjudicate."""


ClaimState = Received | Pended | Adjudicated | Rejected | Replaced | Voided | Void
RECEIVED, VOID = Received(), Void()


def status_of(state: ClaimState) -> ClaimStatus:
    """How a state is called on the wire."""
    match state:
        case Adjudicated():
            return state.outcome.status
        case Received():
            return "received"
        case Pended():
            return "pended"
        case Rejected():
            return "rejected"
        case Replaced():
            return "replaced"
        case Voided() | Void():
            return "voided"
        case _:
            assert_never(state)


def last_outcome(state: ClaimState) -> ClaimAdjudicated | None:
    """The latest adjudication, also of a claim that was closed since."""
    match state:
        case Adjudicated():
            return state.outcome
        case Replaced() | Voided():
            return state.last
        case Received() | Pended() | Rejected() | Void():
            return None
        case _:
            assert_never(state)


# -- the claim ------------------------------------------------------------------------------------


class Claim(NamedTuple):
    """A claim and where it stands. Changed only by making a new one with `version` one higher."""

    number: str
    submission: Submission
    received_at: datetime
    service_from: date
    service_to: date
    """First and last date of service: see `service_dates`."""
    duplicate_key: str
    state: ClaimState = RECEIVED
    version: int = 0
    documents: tuple[str, ...] = ()
    """Attached at submission or sent as records since (CL-05, CL-12)."""
    released: tuple[str, ...] = ()
    """Those of the documents that have been released."""
    waived: tuple[Edit, ...] = ()
    """Edits that an overturned decision has set aside for good."""

    @property
    def form(self) -> FormType:
        professional = isinstance(self.submission, SubmitProfessionalClaim)
        return "professional" if professional else "institutional"

    @property
    def status(self) -> ClaimStatus:
        return status_of(self.state)

    @property
    def replaces(self) -> str | None:
        """The claim in whose place it stands (frequency 7). A rejected one stands in none's."""
        if self.submission.frequency != "7" or isinstance(self.state, Rejected):
            return None
        return self.submission.original_claim

    @property
    def paid(self) -> int:
        """What stands as paid, in cents: nothing once the claim is replaced or voided."""
        return cents(self.state.outcome.paid) if isinstance(self.state, Adjudicated) else 0

    def carcs(self) -> frozenset[str]:
        """Adjustment reasons of the adjudication that stands."""
        if not isinstance(self.state, Adjudicated):
            return frozenset()
        return frozenset([a.carc for x in self.state.outcome.lines for a in x.adjustments])

    def becomes(self, state: ClaimState) -> "Claim":
        """The claim in its next state."""
        # Not `_replace`, which costs three times as much.
        return Claim(
            self.number,
            self.submission,
            self.received_at,
            self.service_from,
            self.service_to,
            self.duplicate_key,
            state,
            self.version + 1,
            self.documents,
            self.released,
            self.waived,
        )
