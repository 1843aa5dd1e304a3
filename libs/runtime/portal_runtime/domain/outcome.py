"""What a rule comes to, before it is known how states are stored."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from portal_contracts.common import Problem
from portal_runtime.domain.decision import NOTHING, Decision, refuse

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[S]):
    """A decision, and the state that it leaves; none when nothing changes."""

    decision: Decision
    state: S | None = None


NO_CHANGE: Outcome[Any] = Outcome(NOTHING)


def refused(*problems: Problem, looked_at: tuple[str, ...] = ()) -> Outcome[Any]:
    """A business 'no'. `looked_at`: members of whom the problems tell something."""
    return Outcome(refuse(*problems)._replace(looked_at=looked_at))
