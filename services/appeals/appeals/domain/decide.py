"""Deciding a dispute or an appeal (DI-05, AP-05), and linking what followed from it."""

from collections.abc import Iterator
from typing import Any

from appeals.domain.case import PREFIXES, Case, evolve
from appeals.domain.claim import KnownClaim
from portal_contracts.appeals.commands import DecideCase, LinkOutcome
from portal_contracts.appeals.events import CaseDecided, CaseOutcomeLinked
from portal_contracts.appeals.parts import CaseKind, CaseOutcome
from portal_contracts.appeals.problems import (
    CASE_NOT_FOUND,
    CLAIM_CLOSED_MEANWHILE,
    WAIVE_WITHOUT_EFFECT,
)
from portal_contracts.appeals.replies import CaseState
from portal_contracts.base import Command
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import ReadjudicationCause
from portal_contracts.common import Problem
from portal_contracts.ids import is_reference
from portal_contracts.problems.common import ALREADY_DECIDED
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.form_checks import problems_of
from portal_runtime.domain.outcome import NO_CHANGE, Outcome, refused

CAUSES: dict[CaseKind, ReadjudicationCause] = {
    "dispute": "dispute_overturned",
    "appeal": "appeal_overturned",
}


def decide(
    command: DecideCase, known: Case | None, claim: KnownClaim | None, ctx: Context
) -> Outcome[Case]:
    """Note the decision; where it overturns, have the claim adjudicated again."""
    if known is None:
        return refused(CASE_NOT_FOUND(), *check(command))
    if known.status == "decided":
        assert known.verdict is not None
        what = f"The {known.kind}"
        return refused(ALREADY_DECIDED(what=what, decision=known.verdict, field="case_number"))
    problems = check(command)
    if command.verdict != "upheld" and claim is not None and claim.is_closed:
        problems.append(CLAIM_CLOSED_MEANWHILE(closed=claim.status, kind=known.kind))
    if problems:
        return refused(*problems)
    event = like(
        CaseDecided,
        known,
        version=known.version + 1,
        at=ctx.now,
        verdict=command.verdict,
        reason=command.reason,
        waived=command.waive,
        by=ctx.principal.subject,
    )
    case = evolve(known, event)
    commands = (_readjudicate(case),) if case.is_overturned else ()
    reply = like(CaseState, case, readjudication_ordered=case.is_overturned)
    return Outcome(Decision(reply=reply, events=(event,), commands=commands), case)


def check(form: Any, *_: object) -> list[Problem]:
    """The rules that need nothing but the form, also a form of which only parts could be read."""
    return problems_of(form, (_waived_in_vain,))


def _waived_in_vain(form: Any) -> Iterator[Problem]:
    if form.verdict == "upheld" and form.waive:
        yield WAIVE_WITHOUT_EFFECT()


def outcome_link(event: ClaimAdjudicated, ctx: Context) -> tuple[Command, ...]:
    """The instruction to link an adjudication that one of our decisions caused."""
    reference = event.cause_reference
    ours = any(is_reference(prefix, reference) for prefix in PREFIXES.values())
    if not ours or event.cause not in CAUSES.values():
        return ()
    return (like(LinkOutcome, event, case_number=reference, at=ctx.sent_at),)


def link(command: LinkOutcome, known: Case | None, ctx: Context) -> Outcome[Case]:
    """Note the new outcome on the case; the first one that names the case is the one it caused."""
    if known is None or known.claim_number != command.claim_number:
        return NO_CHANGE
    if not known.is_overturned or known.outcome is not None:
        return NO_CHANGE
    outcome = like(CaseOutcome, command)
    event = like(CaseOutcomeLinked, known, version=known.version + 1, at=ctx.now, outcome=outcome)
    return Outcome(Decision(events=(event,)), evolve(known, event))


def _readjudicate(case: Case) -> ReadjudicateClaim:
    return ReadjudicateClaim(
        claim_number=case.claim_number,
        cause=CAUSES[case.kind],
        reference=case.case_number,
        waive=case.waived,
    )
