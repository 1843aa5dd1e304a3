"""CL-08 Front-end edits after acceptance of the command: rejected, never adjudicated."""

from collections.abc import Iterator

from claims.domain.facts import Facts
from claims.domain.outcome import Outcome
from claims.domain.state import Claim, Submission
from portal_contracts.claims.events import ClaimRejectedEvent
from portal_contracts.claims.replies import ClaimRejected
from portal_contracts.common import Problem

MEMBER_UNKNOWN = Problem(
    code="member_unknown",
    message="We have no member with this ID. Compare it with the card, with the 2-digit suffix of "
    "the family member.",
    field="member_id",
    box="1a / FL 60",
    status="A3:33:IL",
)
NEVER_ENROLLED = Problem(
    code="never_enrolled",
    message="This member has never been enrolled with this plan. Send the claim to the payer on "
    "the patient's card.",
    field="member_id",
    box="1a / FL 60",
    status="A3:116",
)
BILLING_UNKNOWN = Problem(
    code="billing_provider_unknown",
    message="We do not know this billing provider at this Tax ID. Compare NPI and Tax ID with your "
    "enrollment, or enroll the provider first.",
    field="billing.npi",
    box="33a / FL 56",
    status="A3:26:85",
)


def front_end_problems(submission: Submission, facts: Facts) -> tuple[Problem, ...]:
    """Why the claim cannot go into adjudication, all at once; empty for a sound claim."""
    member, billing = facts.member, facts.billing
    if member is not None and member.spans and billing is not None and billing.participation:
        return ()
    return tuple(_unknown(facts))


def _unknown(facts: Facts) -> Iterator[Problem]:
    if facts.member is None:
        yield MEMBER_UNKNOWN
    elif not facts.member.spans:
        yield NEVER_ENROLLED
    if facts.billing is None or not facts.billing.participation:
        yield BILLING_UNKNOWN


def reject(claim: Claim, problems: tuple[Problem, ...]) -> Outcome:
    """Put the claim on the Rejected Claims list with its reasons."""
    rejected = claim._replace(status="rejected", version=claim.version + 1, problems=problems)
    billing, account = claim.submission.billing, claim.submission.patient_account
    event = ClaimRejectedEvent(
        claim_number=claim.number,
        version=rejected.version,
        billing_tin=billing.tin,
        patient_account=account,
        problems=problems,
    )
    reply = ClaimRejected(claim_number=claim.number, problems=problems, patient_account=account)
    return Outcome(reply, (event,), (rejected,))
