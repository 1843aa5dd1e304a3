"""What the providers service says, beside what all services say (`portal_contracts/problems`)."""

from portal_contracts.problems import ProblemCode

PROVIDER_NOT_FOUND = ProblemCode(
    "provider_not_found",
    "There is no profile of this NPI and Tax ID, or the user may not see it.",
    "NPI: no profile that you may see has this one at this Tax ID. Check both for typing slips.",
    field="npi",
)
REQUEST_NOT_FOUND = ProblemCode(
    "request_not_found",
    "There is no such maintenance request, or the user may not see it.",
    "Request number: no request that you may see has this one. Check the number and the Tax ID.",
    field="number",
)
REQUEST_CLOSED = ProblemCode(
    "request_closed",
    "The maintenance request is decided, so nothing can be added to it.",
    "{number} is {state}, so nothing can be added to it. Submit a new request if something else "
    "must change.",
    field="number",
)
NOTHING_ASKED = ProblemCode(
    "nothing_asked",
    "A question is answered that nobody is asking.",
    "Nothing is being asked about {number}. Its answer may be on file already.",
    field="number",
)
PARTICIPATION_DISORDER = ProblemCode(
    "participation_disorder",
    "A span of participation ends before it starts, or does not follow the one before it.",
    "Active span {position}: it must end on or after its start, and start after the span before it "
    "has ended.",
)

# -- what a maintenance request asks for ----------------------------------------------------------

TAX_ID_CHANGE_ELSEWHERE = ProblemCode(
    "tax_id_change_elsewhere",
    "A change of the Tax ID needs a new contract and is not requested here.",
    "A Tax ID or IRS change needs a new contract and cannot be made here. Please submit a New "
    "Health Partner Contract form: {form}.",
    field="change.type",
)
CLOSING_ELSEWHERE = ProblemCode(
    "closing_elsewhere",
    "The closing of a practice is arranged with contracting and is not requested here.",
    "Closing a practice or facility cannot be requested here. Please contact your Market "
    "Contracting team: {contact}.",
    field="change.type",
)
NO_CHANGE = ProblemCode(
    "no_change",
    "What is asked for is on file already.",
    "The profile says so already; nothing would change. Check the NPI and the Tax ID.",
    field="change",
)
NOT_A_PERSON = ProblemCode(
    "not_a_person",
    "A group or facility is reported deceased.",
    "This NPI belongs to a group or facility. Give the NPI of the person who died.",
    field="npi",
)
PHONE_OR_FAX_MISSING = ProblemCode(
    "phone_or_fax_missing",
    "A change of phone and fax gives neither.",
    "Give a new phone number, a new fax number or both.",
    field="change.phone",
)
TOO_FAR_BACK = ProblemCode(
    "too_far_back",
    "The day from which a change holds lies too far in the past.",
    "{what}: it may be at most {days} days in the past.",
)
TOO_FAR_AHEAD = ProblemCode(
    "too_far_ahead",
    "The day from which a change holds lies too far in the future.",
    "{what}: it may be at most {days} days ahead.",
)
AGES_OUT_OF_ORDER = ProblemCode(
    "ages_out_of_order",
    "The oldest age of patients is lower than the youngest.",
    "Oldest age: it must not be lower than the youngest age.",
    field="change.restrictions.max_age",
)
SAME_NPI = ProblemCode(
    "same_npi",
    "The provider who joins has the NPI of the group.",
    "NPI of the provider who joins: this is the group's own NPI. Give the provider's.",
    field="change.npi",
)
GROUP_NOT_ACTIVE = ProblemCode(
    "group_not_active",
    "Somebody is to join on a day on which the group does not participate.",
    "Effective date: the group does not participate on this day. Choose a day on which the group "
    "is active.",
    field="change.effective_date",
)
ALREADY_ACTIVE = ProblemCode(
    "already_active",
    "The provider who joins is active at this Tax ID already.",
    "NPI of the provider who joins: this one is already active at this Tax ID on that day. To "
    "change something about this provider, send a request for that NPI.",
    field="change.npi",
)
SUPERVISOR_NOT_ACTIVE = ProblemCode(
    "supervisor_not_active",
    "No physician with the supervisor's NPI is active on the effective date.",
    "NPI of the supervising physician: no physician with this NPI is active at this Tax ID on the "
    "effective date. Check the NPI, or add the physician first.",
    field="change.supervising_npi",
)
NOT_IN_GROUP = ProblemCode(
    "not_in_group",
    "The provider who leaves has no profile at this Tax ID.",
    "NPI of the provider who leaves: it has no profile at this Tax ID. Check NPI and Tax ID.",
    field="change.npi",
)
NOT_ACTIVE = ProblemCode(
    "not_active",
    "The provider is not active at this Tax ID on the day of the change.",
    "{what}: the provider is not active at this Tax ID on that day.",
)
NPI_TAKEN = ProblemCode(
    "npi_taken",
    "The new NPI has a profile at this Tax ID already.",
    "New NPI: it has a profile at this Tax ID already. Check the new NPI.",
    field="change.new_npi",
)
WRONG_HOLDER = ProblemCode(
    "wrong_holder",
    "Practitioner or group was chosen, and the profile is the other.",
    "Whose NPI changes: this does not go with the profile. Choose practitioner or group anew.",
    field="change.holder",
)
