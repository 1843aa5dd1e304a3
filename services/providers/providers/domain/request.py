"""A maintenance request: its state, and what each event makes of it."""

from datetime import datetime
from typing import Any

from portal_contracts.base import Model
from portal_contracts.clock import SlaClock
from portal_contracts.common import ContactOnFile
from portal_contracts.providers import events as e
from portal_contracts.providers.changes import Change, RequestKind, RequestStatus
from portal_contracts.providers.replies import Exchange
from portal_runtime.domain.outcome import Outcome


class MaintenanceRequest(Model):
    """What a provider asked for, and where it stands."""

    number: str
    version: int = 1
    tin: str
    npi: str
    change: Change
    contact: ContactOnFile
    documents: tuple[str, ...] = ()
    notes: str = ""
    onboarding: bool
    received_at: datetime
    status: RequestStatus = "in_review"
    clock: SlaClock
    exchanges: tuple[Exchange, ...] = ()
    decision_note: str = ""
    closed_at: datetime | None = None
    applied: bool = False

    @property
    def kind(self) -> RequestKind:
        return self.change.type

    @property
    def open(self) -> bool:
        return self.status in ("in_review", "information_needed")

    @property
    def in_time(self) -> bool:
        """Whether the deadline has not passed yet, or had not when it was decided."""
        return not self.clock.breached


RequestOutcome = Outcome[MaintenanceRequest]


def evolve(request: MaintenanceRequest, event: e.RequestEvent) -> MaintenanceRequest:
    """The request after the event."""
    return request.model_copy(update={"version": event.version, **_changes(request, event)})


def _changes(request: MaintenanceRequest, event: e.RequestEvent) -> dict[str, Any]:
    match event:
        case e.InformationRequested():
            asked = Exchange(question=event.question, asked_at=event.at)
            exchanges = (*request.exchanges, asked)
            return {"status": "information_needed", "clock": event.clock, "exchanges": exchanges}
        case e.QuestionAnswered():
            return {
                "status": "in_review",
                "clock": event.clock,
                "exchanges": tuple(_answered(x, event) for x in request.exchanges),
                "documents": (*request.documents, *event.documents),
            }
        case e.SlaWarning() | e.SlaBreached():
            return {"clock": event.clock}
        case e.RequestApproved():
            return {"status": "approved", "closed_at": event.at, "decision_note": event.note}
        case e.RequestRejected():
            return {"status": "rejected", "closed_at": event.at, "decision_note": event.reason}
        case e.RequestApplied():
            return {"applied": True}
    return {}


def _answered(exchange: Exchange, event: e.QuestionAnswered) -> Exchange:
    """One answer closes every question that is open."""
    if exchange.answer is not None:
        return exchange
    return exchange.model_copy(update={"answer": event.answer, "answered_at": event.at})
