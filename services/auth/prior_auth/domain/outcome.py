"""What a decision of this service comes to: answer and events, and the state they leave."""

from dataclasses import dataclass

from portal_contracts.base import Reply
from portal_contracts.common import Problem
from portal_runtime.domain.decision import Decision, refuse
from prior_auth.domain.authorization import Authorization, Happening, announced


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision, and the state to save with it."""

    decision: Decision
    authorization: Authorization | None = None


def refused(*problems: Problem) -> Outcome:
    return Outcome(refuse(*problems))


def accepted(after: Authorization, event: Happening, reply: Reply) -> Outcome:
    """What happened, and the snapshot that others keep (of the same version)."""
    return Outcome(Decision(reply=reply, events=(event, announced(after))), after)
