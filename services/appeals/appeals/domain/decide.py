"""Deciding a dispute or an appeal (DI-05, AP-05), and linking what followed from it."""

from collections.abc import Iterator

from appeals.domain.case import PREFIXES, Case, evolve
from appeals.domain.claim import KnownClaim
from appeals.domain.outcome import NO_CHANGE, Outcome, refused
from portal_contracts.appeals.commands import DecideCase, LinkOutcome
from portal_contracts.appeals.events import CaseDecided, CaseOutcomeLinked
from portal_contracts.appeals.parts import CaseKind, CaseOutcome
from portal_contracts.appeals.problems import (
    CASE_NOT_FOUND,
    CLAIM_CLOSED_MEANWHILE,
    WAIVE_WITHOUT_EFFECT,
)
from portal_contracts.appeals.replies import CaseState
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import ReadjudicationCause
from portal_contracts.common import Problem
from portal_contracts.ids import is_reference
from portal_contracts.problems.common import ALREADY_DECIDED
from portal_runtime.domain.decision import Context, Decision

CAUSES: dict[CaseKind, ReadjudicationCause] = {
    "dispute": "dispute_overturned",
    "appeal": "appeal_overturned",
}


def decide(
    command: DecideCase, known: Case | None, claim: KnownClaim | None, ctx: Context
) -> Outcome:
    """Note the decision; where it overturns, have the claim adjudicated again."""
    if known is None:
        return refused(CASE_NOT_FOUND())
    problems = list(_problems(command, known, claim))
    if problems:
        return refused(*problems)
    event = CaseDecided(
        case_number=known.number,
        version=known.version + 1,
        kind=known.kind,
        claim_number=known.claim_number,
        tin=known.tin,
        at=ctx.now,
        verdict=command.verdict,
        reason=command.reason,
        waived=command.waive,
        by=ctx.principal.subject,
    )
    case = evolve(known, event)
    commands = (_readjudicate(case),) if case.is_overturned else ()
    reply = CaseState(
        case_number=case.number,
        status=case.status,
        verdict=case.verdict,
        readjudication_ordered=case.is_overturned,
    )
    return Outcome(Decision(reply=reply, events=(event,), commands=commands), case)


def outcome_link(event: ClaimAdjudicated, ctx: Context) -> LinkOutcome | None:
    """The instruction to link an adjudication that one of our decisions caused."""
    reference = event.cause_reference
    if event.cause not in CAUSES.values():
        return None
    if not any(is_reference(prefix, reference) for prefix in PREFIXES.values()):
        return None
    return LinkOutcome(
        case_number=reference,
        claim_number=event.claim_number,
        adjudication=event.adjudication,
        status=event.status,
        paid=event.paid,
        at=ctx.sent_at,
    )


def link(command: LinkOutcome, known: Case | None, ctx: Context) -> Outcome:
    """Note the new outcome on the case; the first one that names the case is the one it caused."""
    if known is None or known.claim_number != command.claim_number:
        return NO_CHANGE
    if not known.is_overturned or known.outcome is not None:
        return NO_CHANGE
    event = CaseOutcomeLinked(
        case_number=known.number,
        version=known.version + 1,
        kind=known.kind,
        claim_number=known.claim_number,
        tin=known.tin,
        at=ctx.now,
        outcome=CaseOutcome(
            adjudication=command.adjudication,
            status=command.status,
            paid=command.paid,
            at=command.at,
        ),
    )
    return Outcome(Decision(events=(event,)), evolve(known, event))


def _problems(command: DecideCase, known: Case, claim: KnownClaim | None) -> Iterator[Problem]:
    if known.status == "decided":
        assert known.verdict is not None
        yield ALREADY_DECIDED(what=f"The {known.kind}", decision=known.verdict, field="case_number")
        return
    if command.verdict == "upheld" and command.waive:
        yield WAIVE_WITHOUT_EFFECT()
    if command.verdict != "upheld" and claim is not None and claim.is_closed:
        yield CLAIM_CLOSED_MEANWHILE(closed=claim.status, kind=known.kind)


def _readjudicate(case: Case) -> ReadjudicateClaim:
    return ReadjudicateClaim(
        claim_number=case.claim_number,
        cause=CAUSES[case.kind],
        reference=case.number,
        waive=case.waived,
    )
