"""What is said of a field that does not have the shape its contract asks for.

`what` names the field and its box: "Line 3, charge for the line in dollars (box 24F)".
"""

from portal_contracts.problems.code import ProblemCode

MISSING = ProblemCode("missing", "A required field is missing or empty.", "{what} is missing.")
NOT_ONE_OF = ProblemCode(
    "not_one_of", "The value is none of those allowed.", "{what} must be one of: {choices}."
)
WRONG_SHAPE = ProblemCode(
    "wrong_shape",
    "The value does not have the right shape.",
    "{what} does not have the right shape.",
)
TOO_LONG = ProblemCode(
    "too_long", "A text is too long.", "{what} is too long: at most {limit} characters."
)
TOO_MANY = ProblemCode(
    "too_many", "A list has too many entries.", "{what} has too many entries: at most {limit}."
)
TOO_FEW = ProblemCode(
    "too_few", "A list has too few entries.", "{what} has too few entries: at least {limit}."
)
TOO_LOW = ProblemCode(
    "too_low", "A number lies below its limit.", "{what} must be at least {limit}."
)
TOO_HIGH = ProblemCode(
    "too_high", "A number lies above its limit.", "{what} must be at most {limit}."
)
DATE_TOO_EARLY = ProblemCode(
    "date_too_early", "A date lies before its limit.", "{what} must be {limit} or a later day."
)
DATE_TOO_LATE = ProblemCode(
    "date_too_late", "A date lies after its limit.", "{what} must be {limit} or an earlier day."
)
NOT_A_DATE = ProblemCode(
    "not_a_date", "The value is no date.", "{what} must be a date: YYYY-MM-DD."
)
NOT_A_TIME = ProblemCode(
    "not_a_time",
    "The value is no time with a time zone.",
    "{what} must be a date and time with time zone (ISO 8601).",
    for_programs=True,
)
NOT_TEXT = ProblemCode(
    "not_text",
    "The value is no text.",
    "{what} must be text in quotation marks.",
    for_programs=True,
)
NOT_TRUE_OR_FALSE = ProblemCode(
    "not_true_or_false",
    "The value is neither true nor false.",
    "{what} must be true or false.",
    for_programs=True,
)
NOT_A_NUMBER = ProblemCode(
    "not_a_number", "The value is no whole number.", "{what} must be a whole number."
)
NOT_AN_ID = ProblemCode(
    "not_an_id", "The value is no UUID.", "{what} must be a UUID.", for_programs=True
)
NOT_A_LIST = ProblemCode(
    "not_a_list",
    "The value is no list.",
    "{what} must be a list in square brackets.",
    for_programs=True,
)
NOT_AN_OBJECT = ProblemCode(
    "not_an_object",
    "The value is no object.",
    "{what} must be an object with named fields.",
    for_programs=True,
)
NO_KIND = ProblemCode(
    "no_kind",
    "An object of several kinds does not say which one it is, or names none that exists.",
    "{what} must say in the field `type` what it is: {choices}.",
    for_programs=True,
)
UNKNOWN_FIELD = ProblemCode(
    "unknown_field",
    "The contract has no such field.",
    "The field {name} is unknown. Check the spelling.",
    for_programs=True,
)
WRONG = ProblemCode("wrong", "The value is not right in another way.", "{what} is not right.")
