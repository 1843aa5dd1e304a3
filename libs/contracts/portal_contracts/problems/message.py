"""What is said of a message as it came, before a service looks at what it asks for."""

from portal_contracts.problems.code import ProblemCode

FORBIDDEN = ProblemCode(
    "forbidden",
    "The role may not send messages of this type.",
    "Someone in the role '{role}' may not ask for this. Ask whoever manages access to the portal.",
)
NO_TAX_ID = ProblemCode(
    "no_tax_id",
    "The user may act for no Tax ID at all.",
    "You are not set up to act for any Tax ID. Ask whoever manages your practice's access to the "
    "portal to add the Tax ID you work for.",
)
CONTROL_CHARACTER = ProblemCode(
    "control_character",
    "A text holds the character NUL.",
    "A text holds a character that cannot be stored (NUL). Type the text again instead of pasting "
    "it.",
)
NOT_AVAILABLE = ProblemCode(
    "not_available",
    "A query could not be answered because of a fault on our side; ask again.",
    "We cannot answer this at the moment because of a fault on our side. Nothing is wrong with the "
    "question; ask again in a minute.",
)
ANSWER_TOO_LARGE = ProblemCode(
    "answer_too_large",
    "The answer is too large to be sent.",
    "The answer is too large to be sent. Ask for fewer at a time.",
)
TOO_LARGE = ProblemCode(
    "too_large",
    "The message is too large.",
    "The message is larger than {limit} KB. Send documents through the documents service and refer "
    "to them by their ids.",
    for_programs=True,
)
NOT_AUTHENTICATED = ProblemCode(
    "not_authenticated",
    "Nobody who is trusted vouches for who asks.",
    "Not accepted: {reason}.",
    for_programs=True,
)
BAD_HEADERS = ProblemCode(
    "bad_headers",
    "A Kafka header is missing or cannot be read.",
    "The message was not taken, because its Kafka headers cannot be read: {reason}. Nothing was "
    "done. Correct the header and send the message again.",
    for_programs=True,
)
RESERVED_ID = ProblemCode(
    "reserved_id",
    "The message id is of a kind that only services use (UUID version 8).",
    "Header ce_id is a UUID of version 8, which the services give to their own messages. Nothing "
    "was done. Send the message again with an id of version 7 (or 4).",
    for_programs=True,
)
ID_REUSED = ProblemCode(
    "id_reused",
    "The message id was used before, for another message or by somebody else.",
    "This message id has its answer already: it was used for a message with other contents, of "
    "another type or from somebody else. Nothing was done now. That message, sent once more, gets "
    "its answer once more; only a new message takes a new id.",
    for_programs=True,
)
WRONG_KEY = ProblemCode(
    "wrong_key",
    "The Kafka key is not the one of the contract.",
    "The Kafka key is not the one that messages about this must have. Use the `key()` of the "
    "contract, so that they are decided in order.",
    for_programs=True,
)
WRONG_PARTITION = ProblemCode(
    "wrong_partition",
    "The message lies in another partition than its Kafka key asks for.",
    "The message is not in the partition of its key. Use the partitioner murmur2 (librdkafka: "
    "partitioner=murmur2_random), so that messages are decided in order.",
    for_programs=True,
)
TOO_OLD = ProblemCode(
    "too_old",
    "The message is older than the memory for message ids.",
    "The message was sent so long ago that we can no longer tell whether it was processed then. "
    "Nothing was done. Look up what it was about; if it is still wanted, send it as a new message.",
    for_programs=True,
)
UNKNOWN_TYPE = ProblemCode(
    "unknown_type",
    "The service takes no messages of this type on this topic.",
    "This service takes no messages of this type here. Check the type and its version.",
    for_programs=True,
)
EMPTY_BODY = ProblemCode(
    "empty_body",
    "The message has no body.",
    "The message has no body. Nothing was done. Send it again with the body that its schema "
    "describes, as UTF-8 JSON; if your system did put one in, look for where it was lost on the "
    "way to Kafka.",
    for_programs=True,
)
NOT_JSON = ProblemCode(
    "not_json",
    "The body is not JSON.",
    "The body is not JSON. Send the message as UTF-8 JSON that follows its schema.",
    for_programs=True,
)
TOO_MANY_PROBLEMS = ProblemCode(
    "too_many_problems",
    "So much is wrong that the message must be of another type.",
    "The message has {count} errors. Is it of the right type? Compare it with its JSON Schema.",
    for_programs=True,
)
