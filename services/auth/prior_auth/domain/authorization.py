"""An authorization: its state, how events change it, and what others are told of it."""

from datetime import date

from portal_contracts.auth.events import (
    AuthorizationChanged,
    AuthorizationRequested,
    AuthorizedLine,
    DecidedLine,
    LinesDecided,
)
from portal_contracts.auth.parts import (
    AuthorizationStatus,
    DenialReason,
    PartyOnFile,
    Setting,
    Urgency,
)
from portal_contracts.auth.replies import AuthorizationLine, NextStep
from portal_contracts.base import Model, Reply
from portal_contracts.common import ContactOnFile
from portal_contracts.fields import Instant
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Decision
from portal_runtime.domain.outcome import Outcome

Happening = AuthorizationRequested | LinesDecided
FINAL = frozenset({"approved", "partly_approved", "denied"})
APPEAL = NextStep(
    door="appeals.submit_appeal.v1",
    message="This service was denied for medical necessity. If you do not agree, submit an appeal "
    "with the clinical documentation; a dispute is not the right way.",
)


class Authorization(Model):
    """A request and where each of its lines stands. `received_at` and `urgency` start its clock."""

    authorization_number: str
    version: int
    member_id: str
    tin: str
    setting: Setting
    urgency: Urgency
    received_at: Instant
    changed_at: Instant
    servicing: PartyOnFile
    ordering: PartyOnFile
    contact: ContactOnFile
    diagnoses: tuple[str, ...]
    lines: tuple[AuthorizationLine, ...]
    documents: tuple[str, ...] = ()
    notes: str = ""

    @property
    def status(self) -> AuthorizationStatus:
        """Where it stands as a whole: open as long as one line is."""
        decisions = {line.decision for line in self.lines}
        if "pending" in decisions:
            return "pending"
        if "pended_for_information" in decisions:
            return "pended_for_information"
        if decisions == {"approved"}:
            return "approved"
        return "denied" if decisions == {"denied"} else "partly_approved"

    @property
    def servicing_npi(self) -> str:
        return self.servicing.npi

    @property
    def service_from(self) -> date:
        return min(line.start for line in self.lines)

    @property
    def service_to(self) -> date:
        return max(line.end for line in self.lines)

    def line(self, number: int) -> AuthorizationLine | None:
        return next((line for line in self.lines if line.number == number), None)


def happened(
    before: Authorization | None, event: Happening, reply: type[Reply]
) -> Outcome[Authorization]:
    """The event, the snapshot that others keep (of the same version), and the state they leave."""
    after = evolve(before, event)
    decision = Decision(reply=like(reply, after), events=(event, announced(after)))
    return Outcome(decision, after)


def evolve(state: Authorization | None, event: Happening) -> Authorization:
    """The state after an event."""
    match event:
        case AuthorizationRequested():
            lines = tuple(
                like(
                    AuthorizationLine,
                    service,
                    requested_units=service.units,
                    approved_units=0,
                    decision="pending",
                )
                for service in event.lines
            )
            return like(Authorization, event, changed_at=event.received_at, lines=lines)
        case LinesDecided():
            assert state is not None, "decided before it was requested"
            decided = {line.number: line for line in event.lines}
            lines = tuple(
                _decided(line, decided[line.number], event.at) if line.number in decided else line
                for line in state.lines
            )
            return like(
                Authorization, state, version=event.version, changed_at=event.at, lines=lines
            )


def announced(state: Authorization) -> AuthorizationChanged:
    """What other services keep of it, as claims does to match services (CL-17)."""
    lines = tuple(like(AuthorizedLine, x, reason=x.reason or None) for x in state.lines)
    return like(AuthorizationChanged, state, lines=lines)


def next_step(reason: DenialReason | None) -> NextStep | None:
    """AU-08: who was denied for medical necessity appeals; a dispute would be the wrong door."""
    return APPEAL if reason == "medical_necessity" else None


def _decided(line: AuthorizationLine, decided: DecidedLine, at: Instant) -> AuthorizationLine:
    news = like(AuthorizationLine, line, **decided.model_dump(), decided_at=at)
    return news.model_copy(update={"next_step": next_step(decided.denial_reason)})
