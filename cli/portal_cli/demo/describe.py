"""A message in a line that can be read aloud: what happened, with the figures that matter.

No names, dates of birth or member IDs, although all of it is synthetic: the same rule as in a log.
"""

from collections.abc import Iterable
from datetime import datetime

from portal_contracts.appeals.events import CaseDecided, CaseOutcomeLinked, CaseSubmitted
from portal_contracts.auth.events import AuthorizationChanged, AuthorizationRequested, LinesDecided
from portal_contracts.base import Message
from portal_contracts.claims.events import (
    ClaimAdjudicated,
    ClaimRejectedEvent,
    ReadjudicationsOrdered,
)
from portal_contracts.claims.outcome import Adjustment, LineOutcome
from portal_contracts.clock import SlaClock
from portal_contracts.documents.events import DocumentReceived, DocumentRefused, DocumentReleased
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.providers.events import (
    MaintenanceRequestSubmitted,
    ProviderChanged,
    RequestApproved,
    SlaBreached,
    SlaWarning,
)
from portal_runtime.domain.days import long_date


def describe(message: Message) -> tuple[str, ...]:
    """The line, and further ones for the parts; empty for a type without figures of its own."""
    match message:
        case ClaimAdjudicated():
            return _adjudicated(message)
        case ClaimRejectedEvent(problems=problems):
            return tuple(problem.message for problem in problems)
        case ReadjudicationsOrdered(claims=claims):
            return (f"{len(claims)} claim(s) to adjudicate again",)
        case MemberChanged() | CobChanged():
            return (_member(message),)
        case DocumentReceived(size=size, release_at=at):
            return (f"{size:,} bytes in quarantine until {moment(at)}",)
        case DocumentReleased(size=size, released_at=at):
            return (f"{size:,} bytes released at {moment(at)}",)
        case DocumentRefused(problem=problem):
            return (f"{problem.code}: {problem.message}",)
    return _of_others(message)


def _of_others(message: Message) -> tuple[str, ...]:
    match message:
        case ProviderChanged(version=version, participation=spans):
            return (f"version {version}, active from {spans[0].start}",)
        case MaintenanceRequestSubmitted(kind=kind, clock=clock):
            return (f"{kind}: {due(clock)}",)
        case SlaWarning(clock=clock) | SlaBreached(clock=clock):
            word = "warning, " if isinstance(message, SlaWarning) else "BREACHED, was "
            return (word + due(clock),)
        case RequestApproved(in_time=in_time):
            return ("approved in time" if in_time else "approved after the deadline",)
        case CaseSubmitted(category=category, claim_number=claim):
            return (f"{category} about {claim}",)
        case CaseDecided(verdict=verdict, waived=waived):
            return (f"{verdict}, set aside: {', '.join(waived) or 'nothing'}",)
        case CaseOutcomeLinked(outcome=outcome):
            return (f"adjudication #{outcome.adjudication}: {outcome.status}, {outcome.paid} paid",)
        case AuthorizationRequested(lines=asked, urgency=urgency):
            return (f"{urgency}, {len(asked)} lines",)
        case LinesDecided(lines=lines):
            return (f"{len(lines)} lines decided",)
        case AuthorizationChanged(version=version, lines=state):
            units = (f"{x.procedure} {x.decision} {_units(x)}" for x in state)
            return (f"version {version}: " + "; ".join(units),)
    return ()


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def due(clock: SlaClock) -> str:
    """'due December 24, 2026 (30 calendar days)'."""
    day = long_date(clock.due_date) if clock.due_date else "when the answer has come"
    return f"due {day} ({clock.allowance} {clock.basis.replace('_', ' ')})"


def equation(charge: str, paid: str, adjustments: Iterable[Adjustment]) -> str:
    """'150.00 = 78.00 paid + 57.00 CO-45 + 15.00 PR-3'."""
    parts = [f"{paid} paid", *(_part(adjustment) for adjustment in adjustments)]
    return f"{charge} = " + " + ".join(parts)


def _part(adjustment: Adjustment) -> str:
    remarks = f" ({', '.join(adjustment.rarcs)})" if adjustment.rarcs else ""
    return f"{adjustment.amount} {adjustment.group}-{adjustment.carc}{remarks}"


def _adjudicated(event: ClaimAdjudicated) -> tuple[str, ...]:
    head = f"#{event.adjudication} {event.status}: {event.paid} paid of {event.total_charge}"
    why = "" if event.cause == "submitted" else f", because {event.cause.replace('_', ' ')}"
    return head + why, *(_line(line) for line in event.lines), *_postings(event)


def _line(line: LineOutcome) -> str:
    return f"line {line.number}: {equation(line.charge, line.paid, line.adjustments)}"


def _postings(event: ClaimAdjudicated) -> tuple[str, ...]:
    if not event.postings:
        return ()
    return ("ledger: " + ", ".join(f"{p.kind} {p.amount}" for p in event.postings),)


def _member(event: MemberChanged | CobChanged) -> str:
    if isinstance(event, MemberChanged):
        policies = f", {len(event.cob)} other insurance" if event.cob else ""
        return f"member version {event.version}: {len(event.spans)} coverage span(s){policies}"
    what = "added" if event.before is None else "edited"
    until = event.after.end or "open"
    return f"other insurance {what}: {event.after.start} to {until}"


def _units(line: object) -> str:
    approved, asked = getattr(line, "approved_units", 0), getattr(line, "requested_units", 0)
    return f"{approved}/{asked}"
