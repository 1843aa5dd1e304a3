"""Faults by their numbers. A new family is a file of its own and a line here."""

from __future__ import annotations

from tests.chaos.faults.base import Fault, Lane, Params
from tests.chaos.faults.f01_kill import Kill, KillAtStep, KillWhilePublishing
from tests.chaos.faults.f03_term import Terminate
from tests.chaos.faults.f04_zombie import Freeze, Replaced
from tests.chaos.faults.f07_network import Network
from tests.chaos.faults.f08_postgres import BackendsKilled

FAULTS: tuple[Fault, ...] = (
    Kill(),
    KillAtStep(),
    KillWhilePublishing(),
    Terminate(),
    Freeze(),
    Replaced(),
    Network(),
    BackendsKilled(),
)
IN_THE_LOAD = {13: "sent again", 16: "poison", 17: "sizes", 27: "queries"}
"""Faults that are a part of the load itself."""

__all__ = ["FAULTS", "IN_THE_LOAD", "Fault", "Lane", "Params"]
