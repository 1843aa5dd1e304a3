"""Deciding a dispute or an appeal (DI-05, AP-05), and linking what followed from it."""

from collections.abc import Iterator

from appeals.domain.case import PREFIXES, Case, evolve
from appeals.domain.claim import KnownClaim
from appeals.domain.outcome import NO_CHANGE, Outcome, refused
from portal_contracts.appeals.commands import DecideCase, LinkOutcome
from portal_contracts.appeals.events import CaseDecided, CaseOutcomeLinked
from portal_contracts.appeals.parts import CaseKind, CaseOutcome
from portal_contracts.appeals.replies import CaseState
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import ReadjudicationCause
from portal_contracts.common import Problem
from portal_contracts.ids import is_reference
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
        return refused(_not_found())
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
        text = f"The {known.kind} was decided already ({known.verdict}), which is final."
        yield Problem(code="already_decided", message=text, field="case_number")
        return
    if command.verdict == "upheld" and command.waive:
        text = "Edits to set aside: an upheld decision leaves the claim as it is. Leave them out."
        yield Problem(code="waive_without_effect", message=text, field="waive")
    if command.verdict != "upheld" and claim is not None and claim.is_closed:
        text = (
            f"The claim was {claim.status} after the {known.kind} was submitted, so it cannot be "
            "adjudicated again. Uphold, and name the claim's successor in the reason."
        )
        yield Problem(code="claim_closed", message=text, field="verdict")


def _readjudicate(case: Case) -> ReadjudicateClaim:
    return ReadjudicateClaim(
        claim_number=case.claim_number,
        cause=CAUSES[case.kind],
        reference=case.number,
        waive=case.waived,
    )


def _not_found() -> Problem:
    text = "No dispute or appeal has this number. Check it against the worklist."
    return Problem(code="case_not_found", message=text, field="case_number")
