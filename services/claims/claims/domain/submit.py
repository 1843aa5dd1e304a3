"""CL-01, CL-02 Submit a claim: check, look up, adjudicate. Corrections and voids: `correct`."""

from claims.domain import history
from claims.domain.adjudicate import Adjudication, adjudicate
from claims.domain.build import build
from claims.domain.correct import replace_original, void_original
from claims.domain.facts import Facts
from claims.domain.outcome import Outcome, refused
from claims.domain.reject import front_end_problems, reject
from claims.domain.state import Claim, Rejected
from claims.domain.submission import Submission, duplicate_key, service_dates
from claims.domain.validation import check
from portal_contracts.claims.problems.claim import NOT_A_REJECTED_CLAIM
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.ids import bucket, make_reference
from portal_contracts.problems.common import NOT_YOUR_TAX_ID
from portal_runtime.domain.decision import Context


def submit(cmd: Submission, facts: Facts, ctx: Context) -> Outcome:
    """Refuse what is filled in wrongly, reject what cannot be looked up, adjudicate the rest."""
    if not ctx.scope.includes(cmd.billing.tin):
        return refused(NOT_YOUR_TAX_ID(field="billing.tin", box="25 / FL 5"))
    problems = check(cmd, facts.calendar.day_of(ctx.now))
    if problems:
        return refused(*problems)
    if cmd.resubmission_of and not _takes_up(cmd, facts.rejected):
        return refused(NOT_A_REJECTED_CLAIM())
    claim = received(cmd, ctx)
    unfit = front_end_problems(cmd, facts)
    if unfit:
        return reject(claim, unfit)
    if cmd.frequency == "7":
        return replace_original(claim, facts)
    if cmd.frequency == "8":
        return void_original(claim, facts)
    adjudicated = adjudicate(claim, facts, "submitted")
    return Outcome(
        reply=accepted(adjudicated),
        events=(adjudicated.event,),
        claims=(adjudicated.claim,),
        accumulators=adjudicated.accumulators,
        history=(history.adjudicated(adjudicated.event),),
    )


def _takes_up(cmd: Submission, rejected: Claim | None) -> bool:
    """Whether the claim named is a rejected one of the same Tax ID; another's is as unknown."""
    if rejected is None or not isinstance(rejected.state, Rejected):
        return False
    return rejected.submission.billing.tin == cmd.billing.tin


def received(cmd: Submission, ctx: Context) -> Claim:
    """The claim with its number, before anything is decided about it."""
    first, last = service_dates(cmd)
    return Claim(
        number=make_reference("CLM", bucket(cmd.member_id), ctx.message_id),
        submission=cmd,
        received_at=ctx.now,
        service_from=first,
        service_to=last,
        duplicate_key=duplicate_key(cmd),
        documents=cmd.documents,
    )


def accepted(adjudicated: Adjudication) -> ClaimAccepted:
    """The answer to who submitted: where the claim stands."""
    event = adjudicated.event
    return build(
        ClaimAccepted,
        {
            "claim_number": event.claim_number,
            "status": event.status,
            "paid": event.paid,
            "patient_responsibility": event.patient_responsibility,
            "patient_account": event.patient_account,
        },
    )
