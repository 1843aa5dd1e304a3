"""What eligibility says, beside what all services say (`portal_contracts/problems`)."""

from portal_contracts.eligibility.commands import AddCob, EditCob
from portal_contracts.problems import ProblemCode

# -- coverage spans -------------------------------------------------------------------------------

SPAN_NOT_FOUND = ProblemCode(
    "span_not_found",
    "The member has no coverage span with this first day.",
    "Coverage span: the member has none that starts on {start}. Give the first day of a span on "
    "file.",
)
SPAN_ENDS_BEFORE_START = ProblemCode(
    "span_ends_before_start",
    "A coverage span on file would end before it starts.",
    "Coverage span: it cannot end on {end}, before it starts on {start}. To remove a span that "
    "never took effect, end it on the day before its start.",
)
SPANS_OVERLAP = ProblemCode(
    "spans_overlap",
    "Two coverage spans have days in common.",
    "Coverage span {span} overlaps the span {other}. A member has one plan on a day: end the "
    "earlier span on the day before the later one.",
)

# -- looking for members --------------------------------------------------------------------------

ONE_WAY = ProblemCode(
    "one_way",
    "A search goes by none or by several of the ways to search.",
    "Search in one way: by member IDs, Medicaid IDs, case number, or name and date of birth. Fill "
    "in one of these and leave the others empty.",
)
NAME_SEARCH_INCOMPLETE = ProblemCode(
    "name_search_incomplete",
    "A search by name lacks last name or date of birth.",
    "{what}: it is missing. A search by name needs last name and date of birth.",
)
NOBODY_WITH_ID = ProblemCode(
    "nobody_with_id",
    "One ID of a search belongs to nobody on file.",
    "{what}: nobody on file has it. Check it against the card, or search by name and date of "
    "birth.",
)
NOBODY_WITH_CASE_NUMBER = ProblemCode(
    "nobody_with_case_number",
    "A case number belongs to nobody on file.",
    "Case number: nobody on file has it. Check the spelling, or search by member ID.",
)
NOBODY_WITH_NAME = ProblemCode(
    "nobody_with_name",
    "Nobody on file has this name and date of birth.",
    "Name and date of birth: nobody on file has them. Check the spelling, or search by member ID.",
)
TOO_LONG_AGO = ProblemCode(
    "too_long_ago",
    "The date of service lies further back than eligibility is answered for.",
    "Date of service: {day} is more than {months} months ago. Enter {earliest} or a later day.",
    field="date_of_service",
)

# -- other insurance (COB) ------------------------------------------------------------------------

MEDICAID_PAYS_LAST = ProblemCode(
    "medicaid_pays_last",
    "Medicaid is entered as insurance that pays first.",
    "Pays first: Medicaid always pays last (42 CFR 433.139). Clear the box 'pays first'.",
    field="primary",
)
TOO_MANY_POLICIES = ProblemCode(
    "too_many_policies",
    "The member has as many other insurances on file as there can be.",
    "Other insurance: {count} are on file, and no more can be added. Edit one of them instead.",
    door=EditCob.TYPE,
)
ALREADY_ON_FILE = ProblemCode(
    "already_on_file",
    "The policy is on file for some of the same days.",
    "Policy number: this policy is on file as {policy}, {period}. Edit that one instead.",
    field="policy_number",
    door=EditCob.TYPE,
)
TWO_PRIMARIES = ProblemCode(
    "two_primaries",
    "Another insurance of the same type pays first on some of the same days.",
    "Effective date: another primary insurance of the same type, {policy}, is on file {period}, "
    "and only one can pay first on a day. Enter that one's term date first, or clear the box 'pays "
    "first' here.",
    field="start",
    door=EditCob.TYPE,
)
CHANGED_MEANWHILE = ProblemCode(
    "changed_meanwhile",
    "Somebody else changed the policy after the editor read it.",
    "This insurance was changed after you opened it, and your edit was not saved. Look at what is "
    "on file now and, if it is still wrong, edit that.",
    field="expected_version",
)
NO_RELATION = ProblemCode(
    "no_relation",
    "None of the user's Tax IDs has a claim or a request of the member.",
    "Member ID: we have no claim and no authorization request of one of your Tax IDs for this "
    "member, so you cannot change the member's other insurance. Send it with the claim (box 9 / FL "
    "50), and add it here once the claim is on file.",
    field="member_id",
    box="1a / FL 60",
)
POLICY_NOT_FOUND = ProblemCode(
    "policy_not_found",
    "The member has no such policy on file.",
    "Policy: the member has no such insurance on file. Open the member's COB again and choose one "
    "there, or add it.",
    field="policy_id",
    door=AddCob.TYPE,
)
