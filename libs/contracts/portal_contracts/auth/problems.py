"""What prior authorization says, beside what all services say (`portal_contracts/problems`)."""

from portal_contracts.eligibility.commands import EditCob
from portal_contracts.problems import ProblemCode

CALL_UM = ProblemCode(
    "call_um",
    "The member has other insurance; such a request is made by phone only.",
    "The member has other insurance, so this cannot be requested here. Call Utilization Management "
    "at {phone}.",
    field="other_insurance",
)
COB_ON_FILE = ProblemCode(
    "cob_on_file",
    "The form says that there is no other insurance, but one that pays first is on file.",
    "Other insurance: you answered no, but the COB information on file shows insurance that pays "
    "first on {day}. If that is out of date, update the member's COB information and send the "
    "request again; otherwise call Utilization Management at {phone}.",
    field="other_insurance",
    door=EditCob.TYPE,
)
AUTHORIZATION_NOT_FOUND = ProblemCode(
    "authorization_not_found",
    "There is no such authorization, or it is not of a Tax ID of the user's.",
    "Authorization number: no authorization that you may see has this one. Check it against the "
    "member's list.",
    field="authorization_number",
)
NO_SUCH_LINE = ProblemCode(
    "no_such_line",
    "A decision names a line that the authorization does not have.",
    "Line {line}: the authorization has lines 1 to {last} only.",
)
LINE_TWICE = ProblemCode(
    "line_twice",
    "Two decisions name the same line.",
    "Line {line}: it is named twice. Give one decision per line.",
)
REASON_MISSING = ProblemCode(
    "reason_missing",
    "A line is not approved in full, and no reason is given in words.",
    "Line {line}, reason: say in words for the provider why, or what is needed.",
)
DENIAL_REASON = ProblemCode(
    "denial_reason",
    "The kind of reason is missing from a denial, or given without one.",
    "Line {line}, kind of reason: give it for a denial, and only for a denial.",
)
UNITS_WHEN_APPROVED = ProblemCode(
    "units_when_approved",
    "An approval names other units than were asked for.",
    "Line {line}, approved units: leave them out when the line is approved, or give all {asked}.",
)
UNITS_WHEN_PARTLY_APPROVED = ProblemCode(
    "units_when_partly_approved",
    "A partial approval names no units, none, or as many as were asked for.",
    "Line {line}, approved units: give more than 0 and fewer than the {asked} asked for.",
)
UNITS_WHEN_NOT_APPROVED = ProblemCode(
    "units_when_not_approved",
    "A decision that approves nothing names approved units.",
    "Line {line}, approved units: leave them out when nothing is approved.",
)
