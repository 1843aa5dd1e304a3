"""An authorization: its state, how events change it, and what others are told of it."""

from functools import reduce

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
from portal_contracts.auth.replies import AuthorizationLine, AuthorizationSummary, NextStep
from portal_contracts.base import Model
from portal_contracts.common import ContactOnFile
from portal_contracts.fields import Instant

Happening = AuthorizationRequested | LinesDecided
FINAL = frozenset({"approved", "partly_approved", "denied"})
APPEAL = NextStep(
    door="appeals.submit_appeal.v1",
    message="This service was denied for medical necessity. If you do not agree, submit an appeal "
    "with the clinical documentation; a dispute is not the right way.",
)


class Authorization(Model):
    """A request and where each of its lines stands. `received_at` and `urgency` start its clock."""

    number: str
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

    def line(self, number: int) -> AuthorizationLine | None:
        return next((line for line in self.lines if line.number == number), None)

    def summary(self) -> AuthorizationSummary:
        return AuthorizationSummary(
            authorization_number=self.number,
            version=self.version,
            member_id=self.member_id,
            tin=self.tin,
            servicing_npi=self.servicing.npi,
            setting=self.setting,
            urgency=self.urgency,
            status=self.status,
            received_at=self.received_at,
            changed_at=self.changed_at,
            service_from=min(line.start for line in self.lines),
            service_to=max(line.end for line in self.lines),
        )


def evolve(state: Authorization | None, event: Happening) -> Authorization:
    """The state after an event."""
    match event:
        case AuthorizationRequested():
            return _requested(event)
        case LinesDecided():
            assert state is not None, "decided before it was requested"
            decided = {line.number: line for line in event.lines}
            lines = tuple(
                _decided(line, decided[line.number], event.at) if line.number in decided else line
                for line in state.lines
            )
            return state.model_copy(
                update={"version": event.version, "changed_at": event.at, "lines": lines}
            )


def replay(events: tuple[Happening, ...]) -> Authorization | None:
    """The state that a history leads to."""
    return reduce(evolve, events, None)


def announced(state: Authorization) -> AuthorizationChanged:
    """What other services keep of it, as claims does to match services (CL-17)."""
    return AuthorizationChanged(
        authorization_number=state.number,
        version=state.version,
        member_id=state.member_id,
        tin=state.tin,
        servicing_npi=state.servicing.npi,
        lines=tuple(
            AuthorizedLine(
                number=line.number,
                procedure=line.procedure,
                start=line.start,
                end=line.end,
                decision=line.decision,
                requested_units=line.requested_units,
                approved_units=line.approved_units,
                reason=line.reason or None,
            )
            for line in state.lines
        ),
    )


def next_step(reason: DenialReason | None) -> NextStep | None:
    """AU-08: who was denied for medical necessity appeals; a dispute would be the wrong door."""
    return APPEAL if reason == "medical_necessity" else None


def _requested(event: AuthorizationRequested) -> Authorization:
    lines = tuple(
        AuthorizationLine(
            number=service.number,
            procedure=service.procedure,
            modifiers=service.modifiers,
            start=service.start,
            end=service.end,
            requested_units=service.units,
            approved_units=0,
            decision="pending",
        )
        for service in event.lines
    )
    return Authorization(
        number=event.authorization_number,
        version=event.version,
        member_id=event.member_id,
        tin=event.tin,
        setting=event.setting,
        urgency=event.urgency,
        received_at=event.received_at,
        changed_at=event.received_at,
        servicing=event.servicing,
        ordering=event.ordering,
        contact=event.contact,
        diagnoses=event.diagnoses,
        lines=lines,
        documents=event.documents,
        notes=event.notes,
    )


def _decided(line: AuthorizationLine, decided: DecidedLine, at: Instant) -> AuthorizationLine:
    return line.model_copy(
        update={
            "decision": decided.decision,
            "approved_units": decided.approved_units,
            "denial_reason": decided.denial_reason,
            "reason": decided.reason,
            "decided_at": at,
            "next_step": next_step(decided.denial_reason),
        }
    )
