"""A dispute or an appeal: its state, and how events change it."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from typing import Any

from portal_contracts.appeals.events import CaseDecided, CaseOutcomeLinked, CaseSubmitted
from portal_contracts.appeals.parts import (
    AppealType,
    CaseKind,
    CaseOutcome,
    CaseStatus,
    DisputeCategory,
    Verdict,
)
from portal_contracts.appeals.replies import CaseSummary
from portal_contracts.base import Model
from portal_contracts.claims.outcome import Edit
from portal_contracts.common import ContactOnFile
from portal_contracts.fields import Instant

Happening = CaseSubmitted | CaseDecided | CaseOutcomeLinked
PREFIXES: dict[CaseKind, str] = {"dispute": "DSP", "appeal": "APL"}


class Case(Model):
    """What is on file. Decided once; afterwards only the claim's new outcome is linked."""

    number: str
    version: int
    kind: CaseKind
    claim_number: str
    tin: str
    member_id: str
    category: DisputeCategory | AppealType
    statement: str
    notes: str
    documents: tuple[str, ...]
    contact: ContactOnFile
    adjudication: int
    last_day: date
    received_at: Instant
    status: CaseStatus = "open"
    verdict: Verdict | None = None
    reason: str = ""
    waived: tuple[Edit, ...] = ()
    decided_at: Instant | None = None
    decided_by: str = ""
    outcome: CaseOutcome | None = None

    @property
    def is_overturned(self) -> bool:
        """Wholly or partly: the claim is adjudicated again."""
        return self.verdict in ("overturned", "partly")

    def summary(self) -> CaseSummary:
        return CaseSummary(
            case_number=self.number,
            version=self.version,
            kind=self.kind,
            claim_number=self.claim_number,
            tin=self.tin,
            member_id=self.member_id,
            category=self.category,
            status=self.status,
            received_at=self.received_at,
            verdict=self.verdict,
            decided_at=self.decided_at,
            outcome=self.outcome,
        )


def evolve(state: Case | None, event: Happening) -> Case:
    """The state after an event."""
    if isinstance(event, CaseSubmitted):
        return _submitted(event)
    assert state is not None, "something happened to a case before it was submitted"
    match event:
        case CaseDecided():
            change: dict[str, Any] = {
                "status": "decided",
                "verdict": event.verdict,
                "reason": event.reason,
                "waived": event.waived,
                "decided_at": event.at,
                "decided_by": event.by,
            }
        case CaseOutcomeLinked():
            change = {"outcome": event.outcome}
    return state.model_copy(update={"version": event.version, **change})


def replay(events: Iterable[Happening]) -> Case | None:
    """The state that a history leads to."""
    return reduce(evolve, events, None)


def _submitted(event: CaseSubmitted) -> Case:
    return Case(
        number=event.case_number,
        version=event.version,
        kind=event.kind,
        claim_number=event.claim_number,
        tin=event.tin,
        member_id=event.member_id,
        category=event.category,
        statement=event.statement,
        notes=event.notes,
        documents=event.documents,
        contact=event.contact,
        adjudication=event.adjudication,
        last_day=event.last_day,
        received_at=event.at,
    )
