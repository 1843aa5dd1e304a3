"""Every invariant's checker is silent about a good history and speaks about one that breaks it."""

from __future__ import annotations

import pytest

from tests.chaos.checkers import CHECKERS
from tests.unit.chaos import (
    breaks_members,
    breaks_messages,
    breaks_money_and_time,
    breaks_seen,
    breaks_states,
    breaks_told,
)
from tests.unit.chaos.breaking import Break
from tests.unit.chaos.histories import good

BREAKS: list[tuple[str, Break]] = [
    (name, each)
    for file in (
        *(breaks_messages, breaks_told, breaks_money_and_time, breaks_states, breaks_members),
        *(breaks_seen,),
    )
    for name, breaks in file.BREAKS.items()
    for each in breaks
]


@pytest.mark.parametrize("name", CHECKERS)
def test_a_good_history_holds(name: str) -> None:
    assert list(CHECKERS[name](good())) == []


def test_every_checker_is_broken_by_something() -> None:
    assert {name for name, _ in BREAKS} == CHECKERS.keys()


@pytest.mark.parametrize(("name", "breaks"), BREAKS)
def test_a_broken_history_is_seen(name: str, breaks: Break) -> None:
    history = good()
    breaks(history)
    assert list(CHECKERS[name](history))
