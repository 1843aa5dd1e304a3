"""What the sender of a message is told that is refused as it came, by whichever way it came."""

from portal_contracts.access import Grants
from portal_contracts.common import Problem, Refused
from portal_contracts.principal import Principal
from portal_runtime.security.principals import Untrusted


def refused(code: str, message: str) -> Refused:
    return Refused(problems=(Problem(code=code, message=message),))


def not_authenticated(reason: Untrusted) -> Refused:
    return refused("not_authenticated", f"Not accepted: {reason}.")


def denied(principal: Principal, grants: Grants) -> Refused:
    """The answer to somebody whose scope is empty."""
    if principal.role in grants:
        return NO_TAX_ID
    return refused("forbidden", f"Someone in the role '{principal.role}' may not ask for this.")


def too_large(limit: int) -> Refused:
    """`limit`: bytes."""
    return refused(
        "too_large",
        f"The message is larger than {limit // 1000} KB. Send documents through the documents "
        "service and refer to them by their ids.",
    )


NO_TAX_ID = refused(
    "no_tax_id",
    "You are not set up to act for any Tax ID. Ask whoever manages your practice's access to the "
    "portal to add the Tax ID you work for.",
)
CONTROL_CHARACTER = refused(
    "control_character",
    "A text holds the character NUL (\\u0000), which cannot be stored. Remove it and send again.",
)
WRONG_KEY = refused(
    "wrong_key",
    "The Kafka key is not the one that messages about this must have. Use the `key()` of the "
    "contract, so that they are decided in order.",
)
OUR_ID = refused(
    "bad_headers",
    "Header ce_id is a UUID of version 8, which the services give to their own messages. Nothing "
    "was done. Send the message again with an id of version 7 (or 4).",
)
TOO_OLD = refused(
    "too_old",
    "The message was sent so long ago that we can no longer tell whether it was processed then. "
    "Nothing was done. Look up what it was about; if it is still wanted, send it as a new message.",
)
UNKNOWN_TYPE = refused(
    "unknown_type",
    "This service takes no messages of this type here. Check the type and its version.",
)
EMPTY_BODY = refused(
    "empty_body",
    "The message has no body. Nothing was done. Send it again with the body that its schema "
    "describes, as UTF-8 JSON; if your system did put one in, look for where it was lost on the "
    "way to Kafka.",
)
NOT_JSON = refused(
    "not_json", "The body is not JSON. Send the message as UTF-8 JSON that follows its schema."
)
NOT_AVAILABLE = refused(
    "not_available",
    "We cannot answer this at the moment because of a fault on our side. Nothing is wrong with the "
    "question; ask again in a minute.",
)
REUSED = refused(
    "id_reused",
    "This message id has its answer already: it was used for a message with other contents, of "
    "another type or from somebody else. Nothing was done now. That message, sent once more, gets "
    "its answer once more; only a new message takes a new id.",
)
WRONG_PARTITION = refused(
    "wrong_partition",
    "The message is not in the partition of its key. Use the partitioner murmur2 "
    "(librdkafka: partitioner=murmur2_random), so that messages are decided in order.",
)
