"""What a decision of this service comes to: answer and events, and the states they leave."""

from dataclasses import dataclass
from typing import TypeVar

from portal_contracts.common import Problem
from portal_contracts.providers.events import RequestEvent
from portal_runtime.domain.decision import Context, Decision, refuse
from providers.domain.policy import Policy
from providers.domain.profile import Profile
from providers.domain.request import MaintenanceRequest

R = TypeVar("R", bound=RequestEvent)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision, and the states to save with it."""

    decision: Decision
    request: MaintenanceRequest | None = None
    profiles: tuple[Profile, ...] = ()


def refused(*problems: Problem) -> Outcome:
    return Outcome(refuse(*problems))


def policy_of(ctx: Context) -> Policy:
    """The plan's choices, which the service's settings carry."""
    policy: Policy = ctx.settings.policy
    return policy
