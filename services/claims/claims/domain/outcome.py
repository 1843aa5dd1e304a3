"""What follows from a command, before it is known how things are stored."""

from typing import NamedTuple

from claims.domain.facts import Accumulators
from claims.domain.state import Claim
from portal_contracts.base import Command, Event, Reply
from portal_contracts.common import Problem, Refused


class Outcome(NamedTuple):
    """Everything to answer, publish, save and do next. It happens entirely or not at all."""

    reply: Reply | None = None
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    accumulators: tuple[Accumulators, ...] = ()
    commands: tuple[Command, ...] = ()


def refused(*problems: Problem) -> Outcome:
    """A business 'no': nothing changes."""
    return Outcome(reply=Refused(problems=problems))


def wrong_door(message: str, door: str) -> Outcome:
    """The request belongs elsewhere; `door` is the type of the command to use instead."""
    return refused(Problem(code="wrong_door", message=message, door=door))


UNKNOWN_CLAIM = Problem(
    code="claim_not_found",
    message="No claim of yours has this number. Check it against the list of claims.",
    field="claim_number",
)
"""One answer for 'does not exist' and 'is not yours': nobody learns which numbers exist."""


def unknown_claim() -> Outcome:
    return refused(UNKNOWN_CLAIM)


def not_your_tin(field: str | None = None, box: str | None = None) -> Outcome:
    """The asker may not act for the billing provider that it names itself."""
    return refused(
        Problem(
            code="not_your_tin",
            message="You are not registered to act for this claim's Tax ID. Ask your practice's "
            "portal administrator to add the Tax ID to your account.",
            field=field,
            box=box,
        )
    )
