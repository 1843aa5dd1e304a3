"""What is said of a claim as a whole: rejected after it was taken, or the wrong one to act on."""

from portal_contracts.eligibility.commands import AddCob
from portal_contracts.problems import ProblemCode

# -- rejected (CL-08) -----------------------------------------------------------------------------

NEVER_ENROLLED = ProblemCode(
    "never_enrolled",
    "The member has no coverage with this plan and never had any.",
    "This member has never been enrolled with this plan. Send the claim to the payer on the "
    "patient's card.",
    field="member_id",
    box="1a / FL 60",
    status="A3:116",
)
BILLING_PROVIDER_UNKNOWN = ProblemCode(
    "billing_provider_unknown",
    "There is no profile of the billing NPI at the Tax ID, or it never took part.",
    "We do not know this billing provider at this Tax ID. Compare NPI and Tax ID with your "
    "enrollment, or enroll the provider first.",
    field="billing.npi",
    box="33a / FL 56",
    status="A3:26:85",
)
ORIGINAL_UNKNOWN = ProblemCode(
    "original_unknown",
    "The claim to correct does not exist, or is of another member or Tax ID.",
    "We have no claim with this original claim number for this member and Tax ID. Copy the number "
    "from the Explanation of Payment, or send the claim as an original (frequency 1).",
    field="original_claim",
    box="22 / FL 64",
    status="A7:464",
)
ORIGINAL_REJECTED = ProblemCode(
    "original_rejected",
    "The claim to correct was rejected.",
    "The original was rejected, so there is nothing to replace or void (N779). Send the corrected "
    "claim as an original: frequency 1, without an original claim number.",
    field="original_claim",
    box="22 / FL 64",
    status="A7:464",
)
ORIGINAL_REPLACED = ProblemCode(
    "original_replaced",
    "The claim to correct was replaced already.",
    "The original is closed already: it was replaced (N880). Correct claim {newer} instead.",
    field="original_claim",
    box="22 / FL 64",
    status="A7:464",
)
ORIGINAL_VOIDED = ProblemCode(
    "original_voided",
    "The claim to correct was voided already.",
    "The original is closed already: it was voided (N880). If the services are to be paid, send "
    "them as an original (frequency 1).",
    field="original_claim",
    box="22 / FL 64",
    status="A7:464",
)

# -- refused --------------------------------------------------------------------------------------

NOT_A_REJECTED_CLAIM = ProblemCode(
    "not_a_rejected_claim",
    "The claim that this one takes up again is not a rejected one of the same Tax ID.",
    "We have no rejected claim with this number for this Tax ID. Leave the field empty, or name "
    "the rejected claim that this one takes up again. To change an accepted claim, send a "
    "corrected claim (frequency 7) with its number as the original.",
    field="resubmission_of",
)

# -- records for a claim that does not lack them (CL-12) ------------------------------------------

CLAIM_NOT_DECIDED = ProblemCode(
    "claim_not_decided",
    "The claim is pended: nothing says yet whether records are missing.",
    "This claim is not decided yet. Its decision will say whether records are missing: wait for "
    "it, and send them then.",
    field="claim_number",
)
OTHER_PAYER_FIRST = ProblemCode(
    "other_payer_first",
    "The claim is denied for another insurance that pays first, not for missing records.",
    "This claim is denied because another insurance pays first. Send the claim again with that "
    "payer's decision, or correct the other insurance on file.",
    door=AddCob.TYPE,
)
CORRECTION_INSTEAD = ProblemCode(
    "correction_instead",
    "The claim is denied for how it was coded, not for missing records.",
    "This claim is not denied for missing records. Send a corrected claim (frequency 7).",
)
DISPUTE_INSTEAD = ProblemCode(
    "dispute_instead",
    "The claim does not lack records.",
    "This claim does not lack records. If you disagree with how it was decided, send a dispute "
    "with the records attached.",
    door="appeals.submit_dispute.v1",
)
