"""A dispute or an appeal: its state, and how events change it."""

from datetime import date

from portal_contracts.appeals.events import CaseDecided, CaseOutcomeLinked, CaseSubmitted
from portal_contracts.appeals.parts import (
    AppealType,
    CaseKind,
    CaseOutcome,
    CaseStatus,
    DisputeCategory,
    Verdict,
)
from portal_contracts.base import Model
from portal_contracts.claims.outcome import Edit
from portal_contracts.common import ContactOnFile
from portal_contracts.fields import Instant
from portal_runtime.domain.copying import like

Happening = CaseSubmitted | CaseDecided | CaseOutcomeLinked
PREFIXES: dict[CaseKind, str] = {"dispute": "DSP", "appeal": "APL"}


class Case(Model):
    """What is on file. Decided once; afterwards only the claim's new outcome is linked."""

    case_number: str
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


def evolve(state: Case | None, event: Happening) -> Case:
    """The state after an event."""
    if isinstance(event, CaseSubmitted):
        return like(Case, event, received_at=event.at)
    assert state is not None, "something happened to a case before it was submitted"
    match event:
        case CaseDecided():
            said = {"verdict": event.verdict, "reason": event.reason, "waived": event.waived}
            change = {**said, "status": "decided", "decided_at": event.at, "decided_by": event.by}
        case CaseOutcomeLinked():
            change = {"outcome": event.outcome}
    return state.model_copy(update={**change, "version": event.version})
