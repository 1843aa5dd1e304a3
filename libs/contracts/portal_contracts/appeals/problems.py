"""What disputes and appeals say, beside what all services say (`portal_contracts/problems`)."""

from portal_contracts.auth.commands import RequestAuthorization
from portal_contracts.claims.commands import SubmitProfessionalClaim, SubmitRecords
from portal_contracts.eligibility.commands import AddCob
from portal_contracts.problems import ProblemCode

CASE_NOT_FOUND = ProblemCode(
    "case_not_found",
    "There is no such dispute or appeal, or it is not of a Tax ID of the user's.",
    "No dispute or appeal that you may see has this number. Check it, or search by the claim "
    "number.",
    field="case_number",
)
TOO_LATE = ProblemCode(
    "too_late",
    "The time for a dispute or an appeal about this claim is over.",
    "The last day on which this {kind} could be submitted was {last_day}. The time is counted from "
    "the claim's latest adjudication.",
    field="claim_number",
)
ALREADY_OPEN = ProblemCode(
    "already_open",
    "The claim has an open dispute, or an open appeal, already.",
    "This claim has an open {kind} already: {number}. Follow its status; another one can be "
    "submitted once it is decided.",
    field="claim_number",
)
WAIVE_WITHOUT_EFFECT = ProblemCode(
    "waive_without_effect",
    "Edits are to be set aside although the claim stays as it is.",
    "Edits to set aside: an upheld decision leaves the claim as it is. Leave them out.",
    field="waive",
)
CLAIM_CLOSED_MEANWHILE = ProblemCode(
    "claim_closed_meanwhile",
    "The claim was replaced or voided after the case was submitted, so nothing can be overturned.",
    "The claim was {closed} after the {kind} was submitted, so it cannot be adjudicated again. "
    "Uphold, and name the claim's successor in the reason.",
    field="verdict",
)

# -- what belongs elsewhere (DI-02, AP-02) ------------------------------------------------------

RECORDS_INSTEAD = ProblemCode(
    "records_instead",
    "The claim lacks records only: they are uploaded, the denial is not contested.",
    "The claim was denied for missing records. Upload the medical records to the claim; it is "
    "adjudicated again once they are released.",
    door=SubmitRecords.TYPE,
)
APPEAL_INSTEAD = ProblemCode(
    "appeal_instead",
    "A denial for medical necessity is appealed, not disputed.",
    "A denial that needs a medical necessity review is appealed, not disputed. Submit an appeal "
    "with the clinical documentation.",
    door="appeals.submit_appeal.v1",
)
COB_INSTEAD = ProblemCode(
    "cob_instead",
    "The claim was denied for other insurance: that is updated, the denial is not appealed.",
    "The claim was denied because other insurance pays first. Update the member's COB information "
    "and check 'claims must be adjusted'. If that is done already and the claim was denied again, "
    "submit a dispute.",
    door=AddCob.TYPE,
)
OVERPAYMENT_NOT_DISPUTED = ProblemCode(
    "overpayment_not_disputed",
    "Money that was paid in excess is taken back by correcting the claim, not by a dispute.",
    "An overpayment is not disputed. If it was billed wrong, correct the claim (7 in box 22) or "
    "void it (8); if other insurance pays first, update the COB information; otherwise call the "
    "plan. If you do not agree with a recovery, choose 'disagreement with a recovery'.",
    door=SubmitProfessionalClaim.TYPE,
)
RETRO_AUTHORIZATION_NOT_APPEALED = ProblemCode(
    "retro_authorization_not_appealed",
    "An authorization after the service is requested, not appealed.",
    "A retroactive authorization is not appealed. Request the authorization, with the dates on "
    "which the service was given.",
    door=RequestAuthorization.TYPE,
)
COB_NOT_APPEALED = ProblemCode(
    "cob_not_appealed",
    "Other insurance is updated at the member, not by an appeal.",
    "Other insurance is not updated by an appeal. Update the member's COB information and check "
    "'claims must be adjusted'.",
    door=AddCob.TYPE,
)
NEW_CLAIM_NOT_APPEALED = ProblemCode(
    "new_claim_not_appealed",
    "A new claim is submitted as a claim.",
    "A new claim is not an appeal. Submit the claim.",
    door=SubmitProfessionalClaim.TYPE,
)
CORRECTION_NOT_APPEALED = ProblemCode(
    "correction_not_appealed",
    "A corrected claim is submitted as a claim.",
    "A corrected claim is not an appeal. Submit the claim with 7 in box 22 and the original claim "
    "number in the Document Control field (UB: type of bill xx7, FL 64).",
    door=SubmitProfessionalClaim.TYPE,
)
DENTAL_DISPUTE = ProblemCode(
    "dental_dispute",
    "A dispute about a dental claim is not taken here.",
    "Disputes about dental claims are taken by mail to {mail_address} or by fax to {fax} only.",
)
DENTAL_APPEAL = ProblemCode(
    "dental_appeal",
    "An appeal about a dental claim is not taken here.",
    "Appeals about dental claims are taken by mail to {mail_address} or by fax to {fax} only.",
)
