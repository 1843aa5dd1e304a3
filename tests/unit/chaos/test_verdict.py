"""What a run counts as a fault that struck, and when it says that it held."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.chaos import edge, plan
from tests.chaos.checkers import CHECKERS, words
from tests.chaos.faults import FAULTS, IN_THE_LOAD, Fault, Params
from tests.chaos.history import History, Violation
from tests.chaos.intent import IntentLog
from tests.chaos.plan import Tally
from tests.chaos.run import Options, UnderFire, beyond_the_edge, end, in_vain, judge
from tests.chaos.stand import Stand
from tests.chaos.table import BESIDE, Summary, as_json, verdict
from tests.unit.chaos.histories import good


class _Notes:
    def __init__(self) -> None:
        self.notes: list[str] = []


class _Struck(Fault):
    number, name, lane = 1, "strikes", "data"
    may = "nothing"

    def draw(self, random: Random) -> Params:
        return {"hold": 0.0}

    async def begin(self, stand: Stand, params: Params) -> bool:
        return True

    async def heal(self, stand: Stand, params: Params) -> None:
        """Nothing to undo."""


class _NotReached(_Struck):
    name = "finds nothing"

    async def begin(self, stand: Stand, params: Params) -> bool:
        return False


class _HurtNobody(_Struck):
    name = "begins and hurts nobody"

    async def struck(self, stand: Stand, params: Params) -> bool:
        return False


class _Lasting(_Struck):
    name = "does not fit"


class _Missed(_Struck):
    name = "its server is away"

    async def begin(self, stand: Stand, params: Params) -> bool:
        raise ConnectionRefusedError


async def _carried_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> plan.Nemesis:
    monkeypatch.setattr(plan, "BEGIN_AFTER", 0.0)
    log = IntentLog(tmp_path / "log")
    nemesis = plan.Nemesis(cast(Stand, _Notes()), log, lambda _: None)
    faults = (_Struck(), _NotReached(), _Missed(), _HurtNobody())
    planned = [plan.Planned("data", fault, 0.0, {"hold": 0.0}) for fault in faults]
    planned.append(plan.Planned("data", _Lasting(), 0.0, {"hold": 31.0}))
    planned.append(plan.Planned("data", _Struck(), 0.0, {"hold": 0.0}))
    late = plan.Planned("servers", type("Late", (_Struck,), {"name": "late"})(), 1e6, {"hold": 0.0})
    until = asyncio.get_running_loop().time() + 30
    await nemesis.run(cast(Any, {"data": planned, "servers": [late]}), until)
    log.close()
    return nemesis


async def test_only_what_struck_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nemesis = await _carried_out(tmp_path, monkeypatch)
    assert nemesis.tally == {
        (1, "strikes"): Tally(struck=2),
        (1, "finds nothing"): Tally(not_reached=1),
        (1, "its server is away"): Tally(missed=1),
        (1, "begins and hurts nobody"): Tally(not_reached=1),
        (1, "does not fit"): Tally(),
        (1, "late"): Tally(),
    }


def test_a_fault_that_is_tried_again_and_again_in_vain_is_seen() -> None:
    tally = {
        (1, "never"): Tally(not_reached=2, missed=1),
        (2, "once"): Tally(struck=1, missed=9),
        (3, "hardly tried"): Tally(missed=2),
    }
    assert [v.text for v in in_vain(tally)] == ["1 never was tried 3 times, in vain"]


def _summary(struck: int = 0, again: int = 0, only: tuple[int, ...] = ()) -> Summary:
    return Summary(
        seed=1,
        minutes=1,
        faults={(1, "kill -9"): Tally(struck=struck, not_reached=3, missed=2)},
        in_the_load={
            (13, "sent again"): again,
            (16, "poison and sizes (17)"): again,
            (17, "too large for Kafka"): 3,
        },
        commands=10,
        copies=10,
        answers=10,
        restarts=0,
        drained_in=1.0,
        asked_for=only,
    )


@pytest.mark.parametrize(
    ("summary", "held"),
    [
        (_summary(struck=1), True),
        (_summary(struck=0, again=9), False),
        (_summary(again=9, only=(13,)), True),
        (_summary(again=0, only=(13,)), False),
        (_summary(again=9, only=(17,)), True),
        (_summary(again=0, only=(17,)), False),
        (_summary(again=9, only=(1,)), False),
    ],
)
def test_a_run_holds_only_if_what_was_asked_for_has_struck(summary: Summary, held: bool) -> None:
    assert summary.held is held
    summary.violations["I1"] = [Violation("lost", "one")]
    assert not summary.held


def test_the_last_line_says_in_words_whether_it_held() -> None:
    assert verdict(_summary(struck=1)).startswith("HELD: every invariant")
    assert verdict(_summary(struck=0)).startswith("PROVES NOTHING")
    broken = _summary(struck=1)
    broken.violations["I1"] = [Violation("lost", "one")]
    assert verdict(broken).startswith("NOT HELD: I1;")


def test_every_invariant_is_named_in_words() -> None:
    assert all(words(name) or BESIDE[name] for name in CHECKERS)
    assert words("I6") == "a key is in one partition of a topic, always the same"
    assert set(_judged(15, (1,)).violations) == {*CHECKERS, *BESIDE}
    assert words("seen") == ""


def test_ordinary_queries_are_no_fault() -> None:
    """They are in any run: asked for alone, 27 is the killing while one is answered."""
    assert 27 not in IN_THE_LOAD
    assert 27 in {fault.number for fault in FAULTS}


def test_the_figures_tell_what_struck_from_what_did_not() -> None:
    told = as_json(_summary(struck=4))
    assert told["struck"] == 4
    assert told["faults"] == {"1 kill -9": {"struck": 4, "not_reached": 3, "missed": 2}}


def _judged(minutes: float, only: tuple[int, ...] = ()) -> Summary:
    options = Options(1, minutes, only, 500, Path())
    history: History = good()
    history.whole = options.whole
    tally = {(1, "kill -9"): Tally(missed=5)}
    return judge(options, history, UnderFire(tally, Counter(), 1.0, 0))


def test_a_long_run_of_all_faults_is_judged_by_what_it_has_seen() -> None:
    assert [name for name, found in _judged(1).violations.items() if found] == []
    assert [name for name, found in _judged(15, (1,)).violations.items() if found] == ["faults"]
    assert [name for name, found in _judged(2).violations.items() if found] == ["seen"]


async def test_a_record_that_is_too_large_and_gets_in_is_a_violation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refused(bootstrap: str) -> list[int]:
        return list(edge.SIZES[1:])

    monkeypatch.setattr(edge, "refused", refused)
    stand = SimpleNamespace(direct=SimpleNamespace(kafka="nowhere"), notes=[])
    assert await beyond_the_edge(cast(Stand, stand)) == 2
    assert stand.notes == ["Kafka took a record of 1048575 bytes, which must never get in"]


async def _fails() -> None:
    raise ValueError("the clock fell down")


async def _goes_on() -> None:
    await asyncio.sleep(60)


@pytest.mark.parametrize("of", [(_goes_on, _fails), (_fails, _goes_on)])
async def test_a_part_of_the_run_that_failed_fails_the_run(of: tuple[Any, Any]) -> None:
    tasks = [asyncio.create_task(make()) for make in of]
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="the clock fell down"):
        await end(*tasks)
    assert all(task.done() for task in tasks)


async def test_parts_that_are_still_at_work_are_ended_in_peace() -> None:
    task = asyncio.create_task(_goes_on())
    await end(task)
    assert task.cancelled()
