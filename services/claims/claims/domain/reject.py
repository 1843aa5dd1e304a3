"""CL-08 Front-end edits after acceptance of the command: rejected, never adjudicated."""

from collections.abc import Iterator

from claims.domain import history
from claims.domain.facts import Facts
from claims.domain.outcome import Outcome
from claims.domain.state import Claim, Rejected
from claims.domain.submission import Submission
from portal_contracts.claims.events import ClaimRejectedEvent
from portal_contracts.claims.problems.claim import BILLING_PROVIDER_UNKNOWN, NEVER_ENROLLED
from portal_contracts.claims.replies import ClaimRejected
from portal_contracts.common import Problem
from portal_contracts.problems.common import MEMBER_NOT_FOUND


def front_end_problems(submission: Submission, facts: Facts) -> tuple[Problem, ...]:
    """Why the claim cannot go into adjudication, all at once; empty for a sound claim."""
    member, billing = facts.member, facts.billing
    if member is not None and member.spans and billing is not None and billing.participation:
        return ()
    return tuple(_unknown(facts))


def _unknown(facts: Facts) -> Iterator[Problem]:
    if facts.member is None:
        yield MEMBER_NOT_FOUND(status="A3:33:IL")
    elif not facts.member.spans:
        yield NEVER_ENROLLED()
    if facts.billing is None or not facts.billing.participation:
        yield BILLING_PROVIDER_UNKNOWN()


def reject(claim: Claim, problems: tuple[Problem, ...]) -> Outcome:
    """Put the claim on the Rejected Claims list with its reasons."""
    rejected = claim.becomes(Rejected(problems))
    billing, account = claim.submission.billing, claim.submission.patient_account
    event = ClaimRejectedEvent(
        claim_number=claim.number,
        version=rejected.version,
        billing_tin=billing.tin,
        patient_account=account,
        problems=problems,
    )
    reply = ClaimRejected(claim_number=claim.number, problems=problems, patient_account=account)
    return Outcome(reply, (event,), (rejected,), history=(history.rejected(event),))
