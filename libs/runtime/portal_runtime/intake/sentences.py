"""What the sender of a message is told that is refused on arrival, on any topic."""

from portal_contracts.access import Grants
from portal_contracts.common import Refused
from portal_contracts.principal import Principal
from portal_contracts.problems import message
from portal_runtime.domain.decision import refusal
from portal_runtime.security.principals import Untrusted


def not_authenticated(reason: Untrusted) -> Refused:
    return refusal(message.NOT_AUTHENTICATED(reason=str(reason)))


def denied(principal: Principal, grants: Grants) -> Refused:
    """The answer to somebody whose scope is empty."""
    if principal.role in grants:
        return NO_TAX_ID
    return refusal(message.FORBIDDEN(role=principal.role))


def too_large(limit: int) -> Refused:
    """`limit`: bytes."""
    return refusal(message.TOO_LARGE(limit=limit // 1000))


NO_TAX_ID = refusal(message.NO_TAX_ID())
CONTROL_CHARACTER = refusal(message.CONTROL_CHARACTER())
WRONG_KEY = refusal(message.WRONG_KEY())
WRONG_PARTITION = refusal(message.WRONG_PARTITION())
RESERVED_ID = refusal(message.RESERVED_ID())
TOO_OLD = refusal(message.TOO_OLD())
UNKNOWN_TYPE = refusal(message.UNKNOWN_TYPE())
EMPTY_BODY = refusal(message.EMPTY_BODY())
NOT_JSON = refusal(message.NOT_JSON())
NOT_AVAILABLE = refusal(message.NOT_AVAILABLE())
ANSWER_TOO_LARGE = refusal(message.ANSWER_TOO_LARGE())
ID_REUSED = refusal(message.ID_REUSED())
