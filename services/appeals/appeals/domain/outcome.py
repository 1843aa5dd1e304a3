"""What a decision of this service comes to: the decision, and the state it leaves."""

from dataclasses import dataclass

from appeals.domain.case import Case
from portal_contracts.common import Problem
from portal_runtime.domain.decision import NOTHING, Decision, refuse


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision, and the case to save with it."""

    decision: Decision
    case: Case | None = None


NO_CHANGE = Outcome(NOTHING)


def refused(*problems: Problem) -> Outcome:
    return Outcome(refuse(*problems))
