"""What follows from a command, before it is known how things are stored."""

from typing import NamedTuple

from claims.domain.facts import Accumulators
from claims.domain.history import Entry
from claims.domain.state import Claim
from portal_contracts.base import Command, Event, Reply
from portal_contracts.common import Problem, Refused
from portal_contracts.problems.common import CLAIM_NOT_FOUND


class Outcome(NamedTuple):
    """Everything to answer, publish, save and do next. It happens entirely or not at all."""

    reply: Reply | None = None
    events: tuple[Event, ...] = ()
    claims: tuple[Claim, ...] = ()
    accumulators: tuple[Accumulators, ...] = ()
    commands: tuple[Command, ...] = ()
    history: tuple[Entry, ...] = ()
    """Why each of the claims has its new version, in the same order."""


def refused(*problems: Problem) -> Outcome:
    """A business 'no': nothing changes."""
    return Outcome(reply=Refused(problems=problems))


def unknown_claim() -> Outcome:
    """One answer for 'does not exist' and 'is not yours': nobody learns which numbers exist."""
    return refused(CLAIM_NOT_FOUND())
