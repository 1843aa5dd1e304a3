"""Faults by their numbers. A new family is a file of its own and a line here."""

from __future__ import annotations

from tests.chaos.faults.base import Fault, Lane, Params
from tests.chaos.faults.f01_kill import Kill, KillAtStep, KillWhilePublishing
from tests.chaos.faults.f03_term import Terminate
from tests.chaos.faults.f04_zombie import Freeze, Replaced
from tests.chaos.faults.f05_kafka import BrokerAway, BrokerKilled
from tests.chaos.faults.f07_network import Network
from tests.chaos.faults.f08_postgres import Exhausted, ReadOnly, Restarted, SessionsKilled
from tests.chaos.faults.f11_store import StoreAway, StoreUnwell
from tests.chaos.faults.f14_replay import LettersReplayed, TopicReplayed
from tests.chaos.faults.f15_stale import Newer, Stale
from tests.chaos.faults.f19_scale import Slow, Storm
from tests.chaos.faults.f25_timers import (
    KillAtEffect,
    KillAtTimer,
    KillWhileAnswering,
    SchedulerAway,
)
from tests.chaos.faults.f29_transactions import Locked, OldSnapshot

FAULTS: tuple[Fault, ...] = (
    *(Kill(), KillAtStep(), KillWhilePublishing(), Terminate(), Freeze(), Replaced()),
    *(BrokerKilled(), BrokerAway(), Network(), SessionsKilled(), Restarted(), Exhausted()),
    *(ReadOnly(), StoreAway(), StoreUnwell(), LettersReplayed(), TopicReplayed(), Stale()),
    *(Newer(), Storm(), Slow(), KillAtTimer(), SchedulerAway(), KillWhileAnswering()),
    *(KillAtEffect(), Locked(), OldSnapshot()),
)
IN_THE_LOAD = {
    13: "sent again",
    16: "poison and sizes (17)",
    17: "too large for Kafka, refused by it",
    23: "claims of fan-outs",
    24: "fan-outs",
}
"""Faults that are a part of the load itself."""
_OWN_TESTS = {
    10: "test_kafka_full.py",
    20: "test_expelled.py",
    22: "test_away.py",
    32: "test_restored.py",
    33: "test_rights_and_room.py",
}
ELSEWHERE = {
    18: "the clock is moved in every run",
    **{
        number: f"it has a test of its own: tests/integration/runtime/{file}"
        for number, file in _OWN_TESTS.items()
    },
}
"""Numbers that nobody can ask a run for, and where they are tried instead."""


def numbers(text: str) -> tuple[int, ...]:
    """As `1,4,16` asks for them. A ValueError that names the way out where there is no such one."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if not part.isdecimal():
            raise ValueError(f"{part} is no number of a fault; ask as 1,4,16")
    asked = tuple(map(int, parts))
    known = {fault.number for fault in FAULTS} | IN_THE_LOAD.keys()
    for number in asked:
        if number not in known:
            why = ELSEWHERE.get(number, "no run carries it out")
            raise ValueError(f"{number} cannot be asked for: {why}; see docs/promises.md")
    return asked


__all__ = ["FAULTS", "IN_THE_LOAD", "Fault", "Lane", "Params", "numbers"]
