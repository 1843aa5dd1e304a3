"""What each command and query is answered with: what it declares, and what any of them may get."""

from portal_contracts.base import Asked, Replies
from portal_contracts.common import Parked, Refused


def answers(asked: type[Asked]) -> Replies:
    """Every reply the asker may get, its own ones first.

    Any may be Refused. A command that could not be decided because of a fault on our side is
    answered with Parked.
    """
    common: Replies = (Refused, Parked) if asked.KIND == "command" else (Refused,)
    return (*asked.ANSWERS, *common)
