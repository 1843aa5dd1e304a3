"""What several services say."""

from portal_contracts.problems.code import ProblemCode

NOT_YOUR_TAX_ID = ProblemCode(
    "not_your_tax_id",
    "The Tax ID in the message is none of those that the user may act for.",
    "Tax ID: you are not set up to act for this one. Use one of your own Tax IDs, or ask whoever "
    "manages your practice's access to the portal to add it.",
    field="tin",
)
NPI_CHECK_DIGIT = ProblemCode(
    "npi_check_digit",
    "The check digit of an NPI does not go with its other digits.",
    "{what}: the last digit does not go with the others, so a digit is mistyped. Compare it with "
    "the NPI registry.",
)
MEMBER_NOT_FOUND = ProblemCode(
    "member_not_found",
    "No member has the member ID.",
    "Member ID: nobody on file has this one. Check it against the card, with the two-digit suffix "
    "of the family member (-00 for the subscriber), or search by name and date of birth.",
    field="member_id",
    box="1a / FL 60",
)
CLAIM_NOT_FOUND = ProblemCode(
    "claim_not_found",
    "There is no such claim, or it is not of a Tax ID of the user's.",
    "Claim number: no claim of yours has this one. Check it against the list of claims or the "
    "Explanation of Payment; a claim that was submitted just now appears within moments.",
    field="claim_number",
)
CLAIM_REJECTED = ProblemCode(
    "claim_rejected",
    "The claim was rejected, so there is no decision that anything could be done about.",
    "This claim was rejected before it was adjudicated. Correct what the Rejected Claims list says "
    "and submit it as a new claim.",
    field="claim_number",
    door="claims.submit_professional_claim.v1",
)
CLAIM_REPLACED = ProblemCode(
    "claim_replaced",
    "The claim was replaced by a corrected one, which is the one to go on with.",
    "This claim was replaced by claim {newer}. Go on with that one: enter its number.",
    field="claim_number",
)
CLAIM_VOIDED = ProblemCode(
    "claim_voided",
    "The claim was voided, so nothing can be done with it anymore.",
    "This claim was voided, so nothing of it is left to act on. If the services are to be paid, "
    "submit a new claim.",
    field="claim_number",
)
DATES_OUT_OF_ORDER = ProblemCode(
    "dates_out_of_order",
    "A period ends before it begins.",
    "{what}: the last day, {last}, lies before the first, {first}. Correct one of the two dates.",
)
DATE_IN_FUTURE = ProblemCode(
    "date_in_future",
    "A date that can only be past lies in the future.",
    "{what}: this date lies in the future. Enter {today} or an earlier day.",
)
PO_BOX = ProblemCode(
    "po_box",
    "An address that must be a street is a PO box.",
    "{what}: this is a PO box. Give the street address; a PO box is allowed in the {instead} only.",
)
ALREADY_DECIDED = ProblemCode(
    "already_decided",
    "What is to be decided has its decision, which is final.",
    "{what} was decided already ({decision}), which is final.",
)
MORE = ProblemCode(
    "more",
    "More was found than an answer lists; this is the last entry.",
    "There are more problems than these {count}. Correct these first, then send it again.",
)
BAD_PAGE = ProblemCode(
    "bad_page",
    "`after` is not the `next` of an earlier page as this service gave it.",
    "This page of the list cannot be found. Begin again with the first page.",
    field="after",
)
